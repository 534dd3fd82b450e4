# The window's texts, in Fluent's format (https://projectfluent.org). One text a line.
# A key is used in app/src/window as text!("key") or text!("key", name = value); app/tests/texts.rs checks both directions.
# Status lines and errors are whole sentences without a full stop; they never mention the command line.

product = JAM-Flow
title = { $project } – JAM-Flow
title-unsaved = { $project } • – JAM-Flow

## Top bar

tab-write = Write
tab-record = Record
tab-export = Export
tab-watch = Watch
tab-film = Film
undo = Undo
redo = Redo
undo-button = Undo (Ctrl+Z)
redo-button = Redo (Ctrl+Y)
settings-button = Settings
settings-button-hint = Settings (Ctrl+,)
shortcuts-button = Shortcuts (F1)
about-button = About and licences
project-untitled = Untitled
project-button = Project { $name }
project-button-unsaved = Project { $name }, not saved
project-button-hint = New, open, save, recent projects

## Menus

menu-file = File
menu-edit = Edit
menu-speech = Speech
menu-view = View
menu-help = Help

## Write

script = Script
script-hint = Type what the portrait should say, or paste or drop a text here
script-several-faces = The picture shows { $faces } people. To write a dialogue, start each line with 1: or 2:
dialogue-speaker = { $name } as { $voice }
dialogue-cast = Dialogue: { $cast }. To choose a voice: 2 (am_michael): Hello.
speak = Speak
speak-hint = Speak the script (Ctrl+Enter)
speak-instead-hint = Speak the script now and stop the current speech (Ctrl+Enter)
queue-add = Add to queue
queue-add-hint = Speak the script after the current speech (Ctrl+Shift+Enter)
queue-title = Up next ({ $count })
queue-remove = Remove line { $number } from the queue
queue-more = and { $count } more
save-next = Also save MP4
save-next-on = Saving to MP4
save-next-hint = Also write the next speech to a video (Ctrl+R)

## Voice

voice = Voice
voice-loading = Loading voices…
voice-cloned = Cloned: { $file }
voice-clone = Clone a voice…
voice-clone-hint = A recording of 3 to 10 seconds of one person's speech
voice-favourite = Favourite
voice-favourite-add = Add this voice and speed to favourites
voice-favourite-remove = Remove this voice and speed from favourites
voice-transcript = Transcript of the voice sample
voice-transcript-hint = Type every word that is spoken
voice-permission = I have this person's permission
voice-permission-hint = The video's metadata records that the speaker consented.
voice-named = { $name }, { $kind }
voice-american-woman = American woman
voice-american-man = American man
voice-british-woman = British woman
voice-british-man = British man
voice-sample = Hello! This is how I sound when I read your script.
voices-open = Listen to all voices and choose one
voices-search = Search
voices-women = Women
voices-men = Men
voices-american = American
voices-british = British
voices-none = No voice is called that. All voices speak English.
voices-listen = Listen to { $voice }
voices-stop = Stop { $voice }
voices-fits = { $voice } (fits this portrait)
voices-star = Add { $voice } to favourites
voices-unstar = Remove { $voice } from favourites
voice-models = Your voice models
voice-model-add = Add a voice model…
voice-model-add-hint = An F5-TTS checkpoint that speaks in the voice of a recording
voice-model-about = An F5-TTS checkpoint speaks in the voice of a recording; the mouth is our own. Without a graphics card a sentence takes a minute or more. The files stay where they are.
voice-model-checkpoint = Checkpoint
voice-model-checkpoint-hint = F5-TTS, .safetensors
voice-model-vocabulary = Vocabulary
voice-model-vocabulary-hint = The vocab.txt that belongs to the checkpoint
voice-model-vocoder = Vocoder
voice-model-vocoder-hint = Vocos, .safetensors; empty for the built-in one
voice-model-recording = Voice sample
voice-model-recording-hint = 3 to 12 seconds of one person's speech
voice-model-choose = Choose…
voice-model-choose-named = Choose { $what }…
voice-model-version = Version of F5-TTS
voice-model-version-by-name = By the file's name
voice-model-version-1 = v1
voice-model-version-0 = v0
voice-model-licence = Licence: the published F5-TTS weights are CC-BY-NC 4.0, which excludes commercial use. What they speak is yours to use only within the licence of the checkpoint.
voice-model-licence-accept = I keep to the licence of this checkpoint
voice-model-check = Check and add
voice-model-checking = Reading the checkpoint…
voice-model-added = { $voice } is in the list of voices.
voice-model-remove = Remove { $voice }
voice-model-no-checkpoint = Choose the checkpoint.
voice-model-no-vocabulary = Choose the vocab.txt that belongs to the checkpoint.
voice-model-no-recording = Choose the voice sample.
voice-model-no-words = Type the transcript of the voice sample.
voice-model-no-permission = Confirm that you have the speaker's permission.
voice-model-no-licence = Confirm that you keep to the licence of the checkpoint.
speed = Speed
speed-unit = ×

## Portrait

portrait = Portrait
portrait-named = Portrait { $name }
portrait-forget = Remove from the gallery
portrait-choose = Choose a picture…
portrait-choose-hint = Any photo or painting of a face. You can also drop one on the window.
stage-portrait = The portrait
stage-face = Face { $number } of { $count }
stage-face-hint = Animate this face
stage-drop = Drop a picture of a face here
stage-loading = Loading…
stage-recording = Recording
stage-listening = Listening
stage-film = The film
drop-overlay-watch = Drop a clip to watch, a picture, a text or a project
drop-overlay = Drop a picture, an audio file, a text or a project

## Driving video

driver = Follow a video
driver-follow = Follow a face
driver-choose = Choose a video…
driver-choose-hint = A video of one face, or an exported motion file. The portrait copies its head, eye and brow motion.
driver-stop = Stop following
driver-progress = Tracking the face, { $percent } %
driver-head = Head
driver-head-hint = Position, size and rotation of the head
driver-eyes = Eyes
driver-eyes-hint = Eyelids and gaze
driver-brows = Brows
driver-brows-hint = Brows and forehead
driver-mouth = Mouth
driver-mouth-hint = Lips and jaw, instead of the speech
driver-strength = Strength
driver-loop = Loop

## Virtual camera

page-virtual-camera = Virtual camera
virtual-camera-open = Virtual camera…
virtual-camera-about = Calls and recording programs (Zoom, Meet, Teams, Discord, OBS) see the portrait as a webcam. It never starts by itself.
virtual-camera-output = Camera
virtual-camera-list = Look for virtual cameras again
virtual-camera-looking = Looking for virtual cameras…
virtual-camera-nowhere = No virtual camera found
virtual-camera-load = Install v4l2loopback (the package v4l2loopback-dkms), load it with the command below, then look again. Where PipeWire runs, it is offered without that.
virtual-camera-shape = Shape
virtual-camera-framing = Framing
virtual-camera-size = Resolution
virtual-camera-size-automatic = Automatic: 720 with a graphics card, 360 without
virtual-camera-size-pixels = { $width } × { $height }
virtual-camera-start = Start virtual camera
virtual-camera-stop = Stop virtual camera
virtual-camera-off = The virtual camera is off.
virtual-camera-starting = Starting…
virtual-camera-on = On: choose “{ $name }” as the camera in your call ({ $width } × { $height }, 25 pictures a second).
virtual-camera-on-pipewire = On: choose “JAM-Flow” as the camera in your call ({ $width } × { $height }, 25 pictures a second).
virtual-camera-sound = A camera has no sound. For a call to hear the speech, send it to a virtual sink and choose the sink's monitor as the microphone in the call: docs/virtual-camera.md.
virtual-camera-now = Virtual camera on
virtual-camera-now-hint = A camera of this computer shows the portrait. Click to stop or change it.

## Camera

camera = Follow the camera
camera-open = Camera…
camera-open-hint = You, live: the portrait copies your head, eyes and mouth. Choosing a camera does not switch it on.
camera-close = Stop following the camera
camera-list = Look for cameras again
camera-hint = Which camera
camera-looking = Looking for cameras…
camera-nowhere = No camera found
camera-file = A video file…
camera-file-hint = Plays in a loop in place of a camera
camera-start = Start camera
camera-stop = Stop camera
camera-connect = Connect a camera and look again, or choose a video file in its place.
camera-off = The camera is off.
camera-starting = Starting…
camera-no-face = No face in the picture.
camera-settling = Look into the camera for a second with a relaxed face.
camera-driving = The portrait follows you.
camera-mouth-hint = Lips and jaw, while nothing is spoken
camera-nothing = Choose below what the portrait follows.
camera-neutral = Set neutral
camera-neutral-hint = Look into the camera for a second with a relaxed face and closed lips. Your movement is measured from that face.
camera-mirror = Mirror
camera-mirror-hint = The portrait turns to the side that a mirror would show
camera-about = Pictures stay on this computer and are not kept. Saved videos are made without the camera.

## Face

face = Face
face-expression = Expression
face-neutral = Neutral
face-happy = Happy
face-concerned = Concerned
face-surprised = Surprised
face-head-movement = Head movement
face-mouth-strength = Mouth strength
face-mouth-spread = Mouth spread
face-mouth-rounding = Mouth rounding
face-gaze-across = Gaze, left to right
face-gaze-down = Gaze, up to down
face-turn = Turn
face-nod = Nod
face-tilt = Tilt
face-reset = Reset

## Record

microphone-title = Microphone
microphone-about = Talk, and the portrait lip-syncs live, half a second later. When you stop, it becomes a take you can replay or export.
microphone-start = Start microphone
microphone-start-hint = The portrait says what you say (Ctrl+M)
microphone-stop = Stop listening
microphone-stop-hint = Finish the take (Ctrl+M or Esc)
clip-title = Audio file
clip-about = Drop an audio file anywhere on the window, and the portrait lip-syncs to it: WAV, MP3, FLAC, Ogg, Opus, M4A, or the audio of a video. One voice without music works best. To change its words, type them as the script on Write.
clip-choose = Choose an audio file…

## The take below the script

take-said = In the take
take-click-hint = Click a word to hear it. Press B to compare before and after.
take-dialogue = To change a dialogue, edit its script and speak it again.
take-no-transcript = This take has no transcript. Type every word of it as the script and align them: then words can be heard, changed and exported as captions.
take-align = Align words to audio
take-align-hint = Makes a take with the words and phones in its timeline, also for subtitles
take-regenerate-words = Regenerate changed words
take-regenerate-words-hint = Only the changed words are generated again, voice and mouth, in the voice of the take. Makes a new take and keeps the old one (Ctrl+G).
take-regenerate-sentence = Regenerate sentence
take-regenerate-sentence-hint = Generates the coloured sentence again, the one at the playhead. Makes a new take and keeps the old one (Ctrl+G).
take-keep-timing = Keep timing
take-keep-timing-hint = The new words take as long as the old ones, so everything after them stays in place
take-edit = Edit these words
take-edit-hint = Puts them into the script, in place of what is there

## Watch

watch-clip = Clip
watch-choose = Choose a clip…
watch-choose-hint = A video of at most 10 minutes. You can also drop one on the window.
watch-about = A vision model looks at the clip, and the portrait tells what it saw, in a video with both. You can also write the words yourself.
watch-clip-size = { $time } long, { $width } × { $height }, { $pictures ->
    [one] 1 picture for the model
   *[other] { $pictures } pictures for the model
}
watch-leave = Remove the clip
watch-other = Choose another clip
watch-model = Model
watch-model-at = { $model } at { $host }
watch-model-change = Change the model
watch-model-done = Done
watch-place-nowhere = None
watch-place-server = Server
watch-place-here = This computer
watch-place-nowhere-about = Nobody is asked. Write below what is said, or choose where a model runs.
watch-address = Address
watch-address-hint = http://localhost:8000/v1
watch-model-name = Model name
watch-model-name-hint = As the server knows it
watch-key = Key
watch-key-hint = If the server wants one; not saved
watch-key-file = Key from a file…
watch-key-file-leave = Don't use the key file
watch-folder-choose = Choose a Keye-VL folder…
watch-folder-leave = Don't use this model
watch-folder-about = The published files of a Keye-VL model. The 8B model takes about 9 GB of memory, and minutes on a CPU.
watch-prompt = What it is asked
watch-prompt-describe = Describe
watch-prompt-narrate = Narrate in time
watch-prompt-react = React
watch-prompt-ask = Answer
watch-question = Question
watch-question-hint = What do you want to know about the clip?
watch-answer = What is said
watch-answer-hint = The answer appears here, to be corrected. Or write the words yourself: a line such as “[4.5] It stops.” is said at that second of the clip.
watch-when-start = Spoken from the start of the clip.
watch-when-lines = { $count ->
    [one] 1 line, spoken at { $starts }
   *[other] { $count } lines, spoken at { $starts }
}
watch-shortened = The server cut the answer at its own limit.
watch-waits = The clip waits { $secs } s in all for lines that take longer than they have
watch-silent = The clip's own sound is left out ({ $reason })
watch-layout = Layout
watch-layout-corner = Corner
watch-layout-side = Side by side
watch-layout-split = Split
watch-layout-above = Above
watch-volume = Volume of the clip, lower while the portrait speaks
watch-subtitles = Also write subtitles (SRT)
watch-sent = What leaves this computer
watch-sent-nothing = Nothing, as no model is named.
watch-sent-nothing-here = Nothing: the model runs in this program.
watch-sent-no-clip = Nothing before you choose a clip and ask.
watch-sent-local = Nothing: { $host } is this computer. It is shown { $pictures ->
    [one] 1 picture
   *[other] { $pictures } pictures
} of the clip and the prompt when you ask.
watch-sent-encrypted = When you ask, { $pictures ->
    [one] 1 picture of the clip goes
   *[other] { $pictures } pictures of the clip go
} to { $host } with the prompt ({ $megabytes } MB, encrypted). The sound stays here.
watch-sent-open = When you ask, { $pictures ->
    [one] 1 picture of the clip goes
   *[other] { $pictures } pictures of the clip go
} to { $host } with the prompt ({ $megabytes } MB), NOT encrypted: anybody on the way can see them. The sound stays here.
watch-ask = Ask the model
watch-ask-hint = Shows the model the pictures and asks for words
watch-preview = Preview
watch-preview-hint = Speaks the words beside the clip, here on the stage
watch-speak = Speak it…
watch-speak-hint = Choose where to save the video in which the portrait speaks beside the clip
watch-film-name = { $clip } told.mp4

## Film

film-part-scenes = { $count ->
    [one] 1 scene
   *[other] { $count } scenes
}
film-part-whole = Whole film
film-open = Open a film file…
film-save = Save the film file
film-scene-add = Add a scene
film-scene-add-hint = A scene with the same portrait, voice and look, for other words
film-scene-add-script = Add from Write
film-scene-add-script-hint = A scene with the script, voice and portrait of the Write tab
film-scene-remove = Remove the scene
film-scene-copy = Duplicate the scene
film-scene-up = Move the scene up
film-scene-down = Move the scene down
film-scene-row = Scene { $number }: { $words }
film-scene-title = { $number }  { $words }
film-scene-empty = No words yet
film-scene-details = { $voice } · { $then }
film-words = What is said in scene { $number }
film-words-hint = Type what the portrait should say
film-transcript = Words of { $file } in scene { $number }
film-transition = To the next scene
film-cut = Cut
film-crossfade = Crossfade
film-black = Through black
film-pause = Pause after it
film-pause-unit = s
film-chapter = Chapter
film-chapter-hint = No new chapter
film-chapter-about = Video players and platforms show chapters. They need a title in the first scene.
film-music = Music
film-music-choose = Choose music…
film-music-hint = Any audio file. It repeats to the end of the film. You can also drop one on the window.
film-music-other = Choose other music
film-music-remove = Remove the music
film-music-volume = Volume
film-music-ducking = Quieter under speech by
film-music-unit = dB
film-background-file = Picture or video…
film-blur = Background blur
film-logo = Logo
film-logo-choose = Choose a logo…
film-logo-hint = A picture in a corner of the film; PNG with alpha looks best
film-logo-other = Choose another logo
film-logo-remove = Remove the logo
film-corner = Corner
film-corner-top-left = Top left
film-corner-top-right = Top right
film-corner-bottom-left = Bottom left
film-corner-bottom-right = Bottom right
film-preview = Preview scene
film-preview-hint = Speaks this scene here on the stage (Ctrl+Enter)
film-preview-stop = Stop preview
film-export = Export film…
film-export-hint = Choose where to save the video (Ctrl+E)
film-wrong-scene = Scene { $number }: { $reason }
film-wrong-music = Music: { $reason }
film-wrong-logo = Logo: { $reason }
film-opened-dictionary = Opened { $file }: Its dictionary is kept in the file, but films from this window use the pronunciations under Edit. Import it there.

## Export

export-take = Take
export-no-take = No take yet. Speak a script first.
export-length = { $time } long
export-button = Export…
export-button-hint = Choose where to save the file (Ctrl+E)
export-live = Export the live version
export-live-hint = Exports exactly what you heard
export-live-on = Exports exactly what you heard.
export-live-off = Generates the speech again in whole sentences: same words, voice and seed, better quality.
export-format = Format
export-resolution = Resolution
export-resolution-automatic = Automatic
export-resolution-automatic-size = Automatic ({ $width } × { $height })
export-resolution-full = Full picture
export-resolution-4k = 2160 pixels (4K)
export-resolution-pixels = { $pixels } pixels
export-aspect = Aspect ratio
export-aspect-original = Original
export-framing = Framing
export-framing-full = Full
export-framing-shoulders = Shoulders
export-framing-head = Head
export-zoom = Zoom
export-move-across = Move, left to right
export-move-down = Move, up to down
export-frame-hint = Drag the frame on the portrait to move it; turn the wheel to zoom.
export-beyond = Beyond the picture
export-beyond-blurred = Blurred
export-beyond-colour = Colour
export-beyond-colour-hint = Colour beyond the picture
export-rate = Frame rate
export-rate-fps = { $rate } fps
export-captions = Captions
export-captions-none = None
export-captions-plain = Plain
export-captions-boxed = Boxed
export-captions-highlight = Highlighted words
export-captions-no-words = This take has no timed words, so no captions. Type its transcript as the script on Write and align it.
export-audio = Audio
export-audio-aac = AAC
export-audio-opus = Opus
export-background = Background
export-background-original = Original
export-background-colour = Colour
export-background-colour-hint = Background colour
export-background-transparent = Transparent
export-background-transparent-hint = For video editors and web pages
export-background-no-alpha = MP4 can't be transparent. Choose PNG, ProRes or WebM.
format-video = Video (MP4)
format-video-about = H.264 video that plays everywhere with AAC audio. The metadata marks it as synthetic.
format-gif = Animation (GIF)
format-gif-about = A short animation without audio.
format-images = Image sequence with alpha (PNG)
format-images-about = A folder of numbered images with the audio beside them.
format-prores = Video with alpha (ProRes 4444)
format-prores-about = For video editors. Needs ffmpeg.
format-webm = Video with alpha (WebM, VP9)
format-webm-about = For web pages. Needs ffmpeg.
format-lossless = Lossless video (FFV1, MKV)
format-lossless-about = With alpha, for archives. Needs ffmpeg.
format-audio = Audio (WAV)
format-audio-about = The voice alone, 24 kHz, 16 bits.
format-m4a = Audio (M4A)
format-m4a-about = AAC, for phones and video editors.
format-flac = Audio (FLAC)
format-flac-about = Lossless, half the size of WAV.
format-mp3 = Audio (MP3)
format-mp3-about = For every player. Needs ffmpeg.
format-srt = Subtitles (SRT)
format-srt-about = Timed words for video players.
format-vtt = Subtitles (VTT)
format-vtt-about = Timed words for web pages.
format-motion = Motion (JSON)
format-motion-about = Head and face motion, 25 frames per second, for other programs.
format-curves-json = Blend shapes (JSON)
format-curves-json-about = 52 ARKit blend shapes, 15 Oculus visemes, words and phones, for game engines.
format-curves-csv = Blend shapes (CSV)
format-curves-csv-about = The same as a table, one row per frame.
format-curves-gltf = Animated face (glTF)
format-curves-gltf-about = A face mesh with morph targets and its animation, for Blender, Godot and other 3D programs.
format-group-video = Video
format-group-audio = Audio
format-group-subtitles = Subtitles
format-group-motion = Motion

## Timeline and transport

to-start = To the start (Home)
play = Play
play-hint = Play (Space)
pause = Pause
pause-hint = Pause (Space)
stop = Stop
stop-hint = Stop everything (Esc)
loop = Loop
loop-hint = Loop the take (Ctrl+L). Drag along the ruler to loop a part.
take-delete = Delete take
take-delete-hint = Delete the take (Del); Undo brings it back
take-selected = Take: { $title }
take-listed = { $number }. { $title } ({ $time })
take-time = { $now } / { $length }
timeline-empty = Press Speak: your take appears here
timeline-of = Timeline of { $title }, { $now } of { $length }
timeline-mouth = Mouth
timeline-head = Head

## Progress and status

cancel = Cancel
progress-export = Exporting { $file }
progress-export-waits = { $file } waits
progress-more-exports = { $count ->
    [one] and 1 more export
   *[other] and { $count } more exports
}
progress-recording = Saving the video…
progress-loading = Loading voices…
progress-model = Loading the model…
progress-asking = Asking the model…
progress-asking-host = Asking { $host }…
progress-speech = Generating speech…
progress-left = { $what } { $time } left
time-seconds = { $count } s
time-minutes = { $count } min
status-loading = Loading voices…
status-warning = Warning
status-done = Done
status-close = Close the message
status-underruns = { $count ->
    [one] 1 audio dropout
   *[other] { $count } audio dropouts
}
pasted-picture = the pasted picture
pasted-name = pasted
status-pasted = Pasted as the script
status-nothing-to-paste = There are no words on the clipboard
status-paste-where = Click the field first where the words are to go
status-paste-too-long = The text on the clipboard is too long: paste at most { $max } characters
status-reading = Reading { $file }…
status-take-deleted = Take deleted
status-preparing-everyone = Preparing everyone in the picture…
status-saved-video = Saved { $file }
status-recording-stopped = Stopped. No video was saved.
status-exported = Exported { $files }
status-export-stopped = Stopped. No file was saved.
status-nothing-to-undo = Nothing to undo
status-nothing-to-redo = Nothing to redo
status-saving = Saving { $project }…
status-opened = Opened { $project }
status-saved = Saved { $project }
status-unsaved = “{ $project }” has unsaved changes. Save it first (Ctrl+S), or continue without saving.
status-restored = Your project is restored. Save it to keep it.
status-driver = { $file }: { $notice }
status-nothing-to-compare = This take was not changed, so there is nothing to compare
status-nothing-to-play = Nothing to play yet. Speak a script first.
status-queue-full = The queue is full ({ $count } lines)
action-continue = Continue
action-continue-unsaved = Continue without saving
action-save = Save
action-sound-settings = Sound settings
action-other-picture = Choose another picture
action-other-clip = Choose another audio file
action-other-text = Choose another text file
action-camera-again = Start again
action-other-video = Choose another video
action-other-film = Choose another film file
action-export-elsewhere = Export again…
action-play = Play video
action-open = Open file
action-show-in-folder = Show in folder
action-copy-path = Copy path

## Debug view

debug-mesh = Mesh
debug-window = Window frame, median and slowest 1 %
debug-window-ms = { $median } and { $slowest } ms
debug-draw = Portrait draw time
debug-rate = Portrait frames per second
debug-size = Portrait frame size
debug-size-px = { $width } × { $height }
debug-drift = Sound ahead of picture
debug-camera = Camera to portrait
debug-dropouts = Audio dropouts
debug-rtf = Speech real-time factor
debug-first = Time to first audio
debug-ms = { $value } ms
debug-none = –

## Errors

error-nothing-to-regenerate = There is nothing to generate again: change some words of a finished take, or click a word in it
error-no-take = There is no take to export yet. Speak a script first.
error-take-unfinished = The take is still being generated. Wait until it is complete.
error-speakers-missing = Not everyone who speaks is in the picture. Wait until it is ready, or choose the picture with all of them.
error-no-portrait = There is no portrait yet. Choose one first.
error-cloned-dialogue = Cloned voices and voice models can't be used in dialogues yet. Choose another voice.
error-nobody = The people in the picture are not ready. Choose the picture again.
recording-file = the video
error-recordings-folder = Can't write videos to this folder: { $folder }
error-file-type = JAM-Flow can't open .{ $extension } files. Supported: pictures ({ $pictures }), audio and video ({ $audio }), text files and project folders
error-file-type-unknown = JAM-Flow can't open this file. Supported: pictures ({ $pictures }), audio and video ({ $audio }), text files and project folders
error-nobody-moves = None of the faces in the picture can be animated. Choose another picture.
error-voices-loading = The voices are still loading. Try again in a moment.
error-models-for-export = The speech can't be generated again because the models are not loaded. Export the live version instead.
error-window = Can't open the window: { $reason }
error-no-graphics = No graphics driver was found. Install one (on Debian and Ubuntu: mesa-vulkan-drivers).
error-closing = The window is closing
picture-rate-silent = the window said nothing, so its pictures were not counted
picture-rate-device = the graphics driver stopped while the window was drawn
error-watch-no-clip = There is no clip yet. Choose one first.
error-watch-no-words = There are no words yet. Ask a model, or write them yourself.
error-watch-no-model = No model is named. Give the address of a server and a model, or a model folder.
error-watch-question = The question is empty. Type what you want to know about the clip.
error-film-no-scene = The film has no scene yet. Add one first.
error-film-full = A film has at most { $count } scenes
error-film-dialogue = A dialogue can't be a scene. Write a scene for each line.
error-film-open = Can't open the film: { $reason }
error-models-for-clip = The words can't be spoken because the voices are not loaded yet. Try again.
error-pasted-too-large = The picture of { $width } × { $height } pixels is too large: paste one of at most { $max } million pixels
error-pasted-not-kept = The pasted picture cannot be kept in { $folder }
error-busy-file = Still reading the last file. Try again.
error-busy-video = Too many videos are waiting. Try again.
error-busy-picture = Too many pictures are waiting. Try again.
error-busy-export = Too many exports are waiting. Try again.
error-open-outside = Can't open { $file }: { $reason }
error-busy-disk = The disk is busy. Try again.
error-thread = Can't start the { $name } thread
error-settings-unsaved = Can't save the settings ({ $reason }): { $path }
error-settings-unreadable = Can't read the settings, so the defaults are used ({ $reason }): { $path }

## Pages

page-close = Close
page-welcome = Welcome to JAM-Flow
page-recovery = Restore your project?
page-projects = Projects
page-voices = Voices
page-voice-model = Add a voice model
page-pronunciations = Pronunciations
page-settings = Settings
page-shortcuts = Shortcuts
page-about = About JAM-Flow

welcome-about = Type some words, and a portrait speaks them. Voice and mouth are generated together, on this computer, without a network.
welcome-speak = Hear it speak
welcome-picture = Use my own picture…
welcome-clip = Use my own audio…
welcome-drop = You can also drop pictures, audio files, texts and projects on the window. Use only faces and voices of people who agreed to it. The metadata of every video marks it as synthetic.

recovery-none = There is no unsaved project to restore.
recovery-about = JAM-Flow closed unexpectedly. Restore your unsaved project?
recovery-about-named = JAM-Flow closed unexpectedly. Restore the unsaved changes to “{ $project }”?
recovery-content = “{ $words }”, { $takes ->
    [0] no takes
    [one] 1 take
   *[other] { $takes } takes
}
recovery-restore = Restore
recovery-later = Not now
recovery-discard = Discard

projects-unsaved-named = { $folder }, with unsaved changes
projects-saved = { $folder }, saved
projects-unsaved = Not saved yet. Unsaved work is kept and offered when JAM-Flow starts again.
projects-empty = Nothing to save yet.
projects-new = New project
projects-open = Open project…
projects-save = Save
projects-save-as = Save as…
projects-recent = Recent
projects-recent-none = Projects that you save appear here. A project is a folder with the portrait, the script and all takes.

pronunciations-about = How words are said in every speech from the next one on: other words such as “cube control” for kubectl, or phones between slashes such as /wɪn/ for Nguyen. A word in small letters counts in any case.
pronunciations-written = Word
pronunciations-said = Said as
pronunciations-written-row = Word { $number }
pronunciations-said-row = Word { $number } is said as
pronunciations-listen = Listen to word { $number }
pronunciations-stop = Stop word { $number }
pronunciations-remove = Remove word { $number }
pronunciations-problem = Word { $number } { $reason }
pronunciations-add = Add a word
pronunciations-import = Import a file…
pronunciations-import-hint = A text file with a line for each word: kubectl = cube control

settings-output = Output device
settings-input = Input device
settings-device-default = System default
settings-no-device = No audio device was found.
settings-refresh = Refresh
settings-quality = Quality
settings-quality-fast = Fast
settings-quality-balanced = Balanced
settings-quality-best = Best
settings-quality-fast-about = Half the work: sound starts sooner, the voice is a little rougher.
settings-quality-balanced-about = The quality the voice was tuned for.
settings-quality-best-about = Twice the work, for recordings on a fast computer.
settings-compute = Generate speech with
settings-compute-automatic = Automatic
settings-compute-gpu = Graphics card
settings-compute-cpu = CPU
settings-compute-automatic-about = The graphics card if it is faster than the CPU, which is measured once. Takes effect after a restart.
settings-compute-gpu-about = Always the graphics card; speech fails if it can't. Takes effect after a restart.
settings-compute-cpu-about = Always the CPU. Takes effect after a restart.
settings-graphics = Graphics
settings-graphics-automatic = Automatic
settings-graphics-software = Software
settings-graphics-now = In use: { $adapter }. Takes effect after a restart.
settings-theme = Theme
settings-theme-system = System
settings-theme-dark = Dark
settings-theme-light = Light
stage-window = Stage window
settings-stage-on-top = Stays above other windows
settings-stage-transparent = Transparent: only the person
settings-stage-transparent-hint = Without frame and background, where the system can. Without a graphics card on green, which capture programs can key out. Escape closes the window.
settings-reduced-motion = Reduced motion
settings-reduced-motion-hint = No animated changes in the window, and the portrait holds its head still. Videos stay as they are.
settings-scale = Interface size (Ctrl +, Ctrl −)
percent = { $percent } %

about-version = Version { $version }. One model generates voice and mouth motion together; everything runs on this computer.
about-licence = The code is free under MIT or Apache-2.0, at your choice. Nothing is sent anywhere.
about-models = Models
about-model-licence = Licence: { $licence }
about-model-origin = Origin: { $origin }
about-model-evaluation = Evaluation: { $evaluation }
about-model-size = { $megabytes } MB
about-parts = Also included
about-inter = Inter, the typeface
about-inter-licence = SIL Open Font License 1.1, text in assets/fonts/LICENSE-OFL.txt
about-phosphor = Phosphor, the icons
about-phosphor-licence = MIT, text in assets/fonts/LICENSE-Phosphor.txt
about-collins = The portrait of Eileen Collins
about-collins-licence = Public domain (NASA); no endorsement implied
about-hopper = The portrait of Grace Hopper
about-hopper-licence = Public domain (US Navy); no endorsement implied
about-misaki = Dictionaries of misaki
about-misaki-licence = Apache-2.0 (hexgrad), in the crate misaki-rs
about-crates = Rust crates
about-crates-licence = MIT, Apache-2.0, BSD, ISC, Zlib, MPL-2.0 (symphonia); the list is Cargo.lock, the rules are deny.toml

shortcut-speak = Speak the script now
shortcut-queue = Add to queue
shortcut-play = Play or pause
shortcut-to-start = Go to the start of the take
shortcut-frame-back = Previous frame
shortcut-frame-forward = Next frame
shortcut-regenerate = Regenerate changed words, or the sentence at the playhead
shortcut-compare = Compare with the take before the change
shortcut-loop = Toggle loop
shortcut-record = Toggle recording of the next speech
shortcut-microphone = Start or stop the microphone
shortcut-export = Export the take…
shortcut-redo = Redo
shortcut-undo = Undo
shortcut-new = New project
shortcut-open = Open a project…
shortcut-save = Save the project
shortcut-save-as = Save the project as…
shortcut-portrait = Choose a portrait…
shortcut-clip = Choose an audio file…
shortcut-text = Choose a text file…
shortcut-paste = Paste a picture, files or text
shortcut-delete-take = Delete the take
shortcut-stage-window = Stage in its own window, or not
shortcut-full-screen = Full screen
shortcut-about = About and licences
shortcut-tab-write = Write
shortcut-tab-record = Record
shortcut-tab-export = Export
shortcut-tab-watch = Watch
shortcut-tab-film = Film
shortcut-film-open = Open a film file…
shortcut-film-save = Save the film file
shortcut-watch = Choose a clip to watch…
shortcut-pronunciations = Pronunciations…
shortcut-settings = Settings…
shortcut-larger = Zoom in
shortcut-smaller = Zoom out
shortcut-reset-scale = Reset zoom
shortcut-quit = Quit; unsaved work is kept
shortcut-debug = Show or hide the debug view
shortcut-help = Shortcuts
shortcut-escape-key = Escape
shortcut-escape = Close the page, otherwise stop
shortcuts-about = Keys without Ctrl go to the text field while one has the focus. Tab and Shift+Tab move the focus, Enter presses a button. In the timeline: click or drag to move the playhead, drag along the ruler to loop a part, double-click a word to loop it, turn the wheel to zoom.

## File dialogs

dialog-portrait = Choose a portrait
dialog-clip = Choose an audio file
dialog-driver = Choose a video of one face, or a motion file
dialog-camera = Choose a video of one face
dialog-dictionary = Choose a dictionary of pronunciations
dialog-watch-clip = Choose a clip to watch
dialog-film-background = Choose a picture or a video
dialog-film-logo = Choose a logo
dialog-film-music = Choose music
dialog-film-open = Open a film file
dialog-film-save = Save the film file
dialog-model-folder = Choose the folder of a Keye-VL model
dialog-key-file = Choose the file with the server's key
dialog-voice = Choose 3 to 10 seconds of one person's speech
dialog-text = Choose a text file
dialog-open-project = Open a project folder
dialog-save-project = Save the project in a new folder
dialog-export = Export
dialog-checkpoint = Choose an F5-TTS checkpoint
dialog-vocabulary = Choose the vocab.txt of the checkpoint
dialog-vocoder = Choose a Vocos vocoder
filter-weights = Weights (safetensors)
filter-pictures = Pictures
filter-audio = Audio
filter-driver = Videos and motion files
filter-videos = Videos
filter-background = Pictures and videos
filter-film = Film files (TOML)
filter-text = Text files
