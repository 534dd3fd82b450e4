# What all faces say alike, in Fluent's format (https://projectfluent.org). One text a line.
# Kinds of errors of the engine and the renderer are phrased in app/studio/src/wording, by key as phrase!("key"); app/tests/texts.rs
# checks both directions. Errors begin with a small letter, since a face puts something before them, and name the file last.

## The engine

engine-weights-missing = { $what } is missing: download the complete models folder: { $path }
engine-weights-unfit = { $reason }: download the file again: { $path }
engine-in-file = { $error }: { $path }
engine-file = { $action }: { $source }: { $path }
part-aligner = the aligner
part-face-detector = face detector
part-face-landmarks = face landmark network
part-face-rig = the face rig
part-joint-model = the joint model of voice and face
part-joint-model-configuration = the joint model's configuration
part-letter-to-sound = the letter-to-sound model
part-listener = the listener
part-person-mask = person segmentation
part-pronunciations = the pronouncing dictionary
part-speech-detector = the speech detector
part-tokenizer = the tokenizer
part-vision-language = the vision-language model
part-vocoder = the vocoder
file-read-dictionary = cannot read the dictionary
file-read-face-rig = cannot read the face rig
file-read-model-file = cannot read a file of the models folder
file-read-model-list = can't read the list of models
file-read-motion-file = cannot read the motion file
file-read-picture = cannot read the picture
file-read-recording = cannot read the recording
file-read-video = cannot read the video
file-read-vocabulary = cannot read the vocabulary
file-read-weights = cannot read the weights
file-write-motion-file = cannot write the motion file
file-write-sound = cannot write the sound
file-disk-full = the disk is full: free some space and try again
file-is-folder = the name belongs to a folder
file-without-name = the path does not end in a file name
file-link-circle = the symbolic links form a circle
engine-cancelled = cancelled
engine-model = the { $stage } failed: { $source }: please report this

## Texts, marks in them, SSML and dictionaries

text-blank = there is nothing to say: type some words
text-too-long = the text has { $characters } characters, more than { $max }: split it
text-unbroken = the text has { $characters } characters without a space, more than { $max }: check that it is text to be read aloud
text-only-symbols = the text contains only symbols: type some words
text-unreadable = the voice speaks English and can't read { $characters }: type English words
text-unknown-phone = "{ $symbol }" in "/{ $written }/" is not an English phone: use IPA, such as /wɪn/ or /ˈaɪdə/
text-no-phone = there is no phone in "/{ $written }/": use IPA, such as /wɪn/
text-unknown-phoneme = these phonemes contain a symbol that the voice does not know: use misaki's alphabet: { $phonemes }
text-rate = the pace in "({ $mark })" is not a number from { $min } to { $max }: write it as in (rate 0.8)
text-said-too-long = what a mark says instead has more than { $max } characters: write it into the text
text-ssml-too-deep = the SSML has more than { $max } elements within each other: simplify it
text-ssml = this is not valid SSML (line { $line }): check its tags
text-break-time = "{ $written }" is not the length of a break: write it as in 500ms or 0.5s
text-ssml-rate = "{ $written }" is not a pace: write slow, fast, 80% or 0.8
text-dictionary-encoding = the dictionary is not UTF-8: save it as plain text
text-dictionary-line = line { $number } of the dictionary { $problem }: { $line }
text-dictionary-too-long = the dictionary has more than { $max } entries: shorten it

## An entry of a dictionary: stands in text-dictionary-line

dictionary-entry-no-equals-sign = has no "=" between the word and its pronunciation
dictionary-entry-no-word = has no word before the "="
dictionary-entry-no-pronunciation = has no pronunciation after the "="
dictionary-entry-too-long = has a pronunciation of more than { $max } characters
dictionary-entry-phones = can't be used ({ $reason })

## Speech

speech-speed = the speed { $speed } is outside { $min } to { $max }
speech-unknown-voice = there is no voice "{ $name }": give one of { $known }, or a mix such as 0.6*a+0.4*b
speech-voice-weight = "{ $weight }" is not the weight of a voice: give one of { $known }, or a mix such as 0.6*a+0.4*b
speech-reference-length = the voice sample is { $secs } s long: give { $min_secs } to { $max_secs } s of one person's speech
speech-reference-silent = there is hardly any speech in the voice sample: give { $min_secs } to { $max_secs } s of one person's speech
speech-reference-without-words = the voice sample has no transcript: type the words that are spoken
speech-empty = the audio is empty: choose one with speech
speech-not-finite = the audio contains invalid samples: save it again
speech-empty-motion = the motion has no frames: choose another motion file
speech-pace-mismatch = the text takes about { $text_secs } s and the motion lasts { $motion_secs } s: give the words that belong to it
speech-no-words = the speech has no words to change: give its transcript
speech-lengths-differ = audio and motion differ in length: generate the speech again
speech-words-outside-sound = the words lie outside the audio: align them again
speech-phones-differ = the speech does not match its text: generate it again
speech-does-not-fit = "{ $words }" does not fit into { $secs } s: shorten it, or do not keep the timing

## Words along a recording

alignment-too-long = the audio is longer than { $hours } hours: split it
alignment-not-finite = the audio contains invalid samples: save it again
alignment-too-short = the transcript does not match the audio, which is too short for it: give the words that are spoken
alignment-other-words = the transcript does not match the audio: give the words that are spoken

## Sound

audio-not-a-file = this is not a file: choose an audio file
audio-empty = the audio file is empty: choose another
-audio-formats = WAV, MP3, FLAC, Ogg, Opus, AIFF, CAF, M4A or MP4
audio-unreadable-format = { $name } can't be read: use { -audio-formats }
audio-unknown-format = this audio format is not supported: use { -audio-formats }
audio-no-sound-track = the file has no audio track: choose another
audio-no-samples = the audio track is empty: choose another
audio-unreadable-codec = { $name } is not supported: use { -audio-formats }
audio-unknown-codec = this audio codec is not supported: use { -audio-formats }
audio-needs-ffmpeg = { $name } can be read only where ffmpeg is installed: install it, or save the recording as WAV, MP3, FLAC or M4A
audio-broken = the audio file is corrupt: re-export it as WAV
audio-channels = { $channels } channels cannot be mixed: save it as stereo or mono
audio-rate-changes = the sample rate changes within the audio file: re-export it as WAV
audio-rate = the sample rate { $rate_hz } Hz is outside { $min_hz } to { $max_hz } Hz: convert the audio to 48000 Hz first
audio-too-long = the audio is longer than { $hours } hours: split it
audio-too-long-for-wav = the audio is too long for a WAV file: save it in parts

## Pictures

-picture-formats = give a PNG, JPEG, WebP, AVIF, TIFF, GIF or BMP picture
picture-folder = this is a folder: { -picture-formats }
picture-file-too-large = the file is larger than { $max_mib } MiB: save the picture smaller
picture-unknown-format = this picture format is not supported: { -picture-formats }
picture-heic = HEIC pictures cannot be read: share or export the photo as JPEG (on an iPhone: Settings, Camera, Formats, Most Compatible)
picture-too-large = the picture is { $width_px } × { $height_px } pixels, which is too large: at most { $max_million } million pixels
picture-too-large-to-decode = the picture is too large: at most { $max_million } million pixels
picture-too-small = the picture is only { $width_px } × { $height_px } pixels: at least { $min_px } on each side are needed
picture-damaged = the picture file is corrupt or incomplete: save it again

## Faces

face-not-found = no face was found in the picture: use a photo or painting that shows one face from the front, well lit and not too small
face-too-small = the face is only { $width_px } pixels wide, at least { $min_px } are needed: crop closer or use a larger picture
face-turned-away = the face is turned { $degrees }° to the side, at most { $max_degrees }° work: use a picture that shows it from the front
face-cut-off = the face is cut off by the border of the picture: use one that shows all of it
face-no-such-number = there is no face { $number }: the picture shows { $count ->
    [one] one face
   *[other] { $count } faces, counted from the left
}
face-picture = a portrait of { $width_px } × { $height_px } pixels with { $bytes } bytes cannot be analysed

## Faces in videos

tracking-picture = a picture of { $width_px } × { $height_px } pixels with { $bytes } bytes cannot be tracked: convert the video to MP4 (H.264)
tracking-too-long = the video is longer than { $hours } hours: split it
tracking-no-pictures = the video has no frames: choose one that shows a face
tracking-no-face = no face was found in the video: use one that shows a face from the front, well lit and not too small
tracking-too-small = the face in the video is too small, at least { $min_px } pixels are needed: crop closer or use a larger video

## Videos

video-not-a-file = this is not a file: choose a video
video-empty = the video is empty: choose one that shows a face
video-too-large = a video of { $width_px } × { $height_px } pixels is too large: make it smaller
video-damaged = the video is damaged: convert it to MP4 (H.264) again
video-needs-ffmpeg = this video format needs ffmpeg: install ffmpeg, or convert the video to MP4 (H.264)
video-undecodable = the video cannot be decoded: choose another, or convert it to MP4 (H.264)
video-no-decoder = the H.264 decoder cannot start: install ffmpeg

## Motion files

motion-file-not-a-file = this is not a file: choose a motion file
motion-file-too-large = this motion file is larger than { $max_mib } MiB: cut it into parts
motion-file-not-motion = this is not a motion file of JAM-Flow ({ $reason }): choose another
motion-file-version = this file is { $format } version { $version }, readable is { $known_format } version { $known_version }: save it again with this program
motion-file-rate = the file has { $frames_per_second } frames a second: resample it to { $known }
motion-file-too-long = the file has { $frames } frames, more than two hours ({ $max }): cut it into parts
motion-file-number = frame { $frame } holds a number that no face can follow: correct or remove it

## Voice models

voice-model-missing = there is no such file
voice-model-pickled = this is a pickled PyTorch file, which may run code when opened: convert it with models/recipe/voice_model/convert.py
voice-model-unsound = { $reason }: download or convert it again
voice-model-not-f5 = not an F5-TTS checkpoint, it has no tensor { $tensor }
voice-model-unsupported = this checkpoint cannot be used, { $reason }: give F5-TTS v1 Base, v0 Base or Small, made for Vocos
voice-model-shape = the tensors do not fit each other, { $reason }: download or convert it again
voice-model-not-vocabulary = this is no vocabulary: give the vocab.txt that belongs to the checkpoint
voice-model-other-vocabulary = the vocabulary has { $entries } entries and the checkpoint { $expected }: give the vocab.txt that belongs to it
voice-model-not-vocos = not a Vocos checkpoint, it has no tensor { $tensor }: give charactr/vocos-mel-24khz as safetensors
voice-model-chinese = "{ $character }" would need pinyin, which is not built in: write the text without Chinese characters
voice-model-reference-too-short = the reference has { $secs } s of speech: give { $min_secs } to { $max_secs } s
voice-model-reference-not-finite = the reference has samples that are not numbers: save it again
voice-model-pace = the words of the reference do not fit its { $secs } s: write down exactly what is said in it
voice-model-not-finite = the checkpoint generates no sound: it is damaged, or made for something else

## Models that watch clips

vision-language-not-a-model = this is no folder of a Keye-VL model, { $reason }: give the whole published folder with config.json, tokenizer.json and the safetensors files
vision-language-too-large = the model needs { $needed_gb } GB of memory and { $free_gb } GB are free: show it fewer pictures, put a 4-bit GGUF of its language half into the folder, or ask a served model
vision-language-picture-size = a picture of { $width_px } × { $height_px } pixels cannot be shown: give sides that are multiples of { $multiple_px }
vision-language-failed = the model failed: { $reason }: please report this

## Networks on the GPU

gpu-device = the graphics adapter { $adapter } gave no compute device: { $reason }
gpu-unsupported = the GPU cannot run this model: { $reason }
gpu-weights = { $reason }
gpu-out-of-memory = the GPU has not enough memory: { $reason }
gpu-device-lost = the GPU stopped answering: { $reason }
gpu-driver = the GPU driver reported an error: { $reason }
gpu-plan = the plan does not fit the model: { $reason }
gpu-input = what the network is given does not fit it: { $reason }

## Drawing

drawing-no-adapter = no graphics adapter { $wanted }; install a graphics driver (on Debian and Ubuntu the package `mesa-vulkan-drivers` works without a graphics card) or unset { $variable }
drawing-device = the graphics adapter { $adapter } refused to start ({ $reason }); choose another with { $variable }=<part of its name>
drawing-scene = the portrait cannot be drawn: { $reason }; analyse the picture again, and if that does not help, build the face rig again
drawing-size = cannot draw { $width_px }x{ $height_px } pixels: choose a size between 16 and { $limit_px } pixels a side
drawing-device-lost = the graphics device stopped answering ({ $reason }); start again, and if it happens again choose another adapter with { $variable }

## Files that came with the program

portraits-missing = the portraits are missing: download the complete assets folder, or point { $variable } at its parent: { $path }
fitting-voices-unreadable = can't read the voices of the portraits: { $path }

## Scripts and texts

text-file = the text
text-file-unreadable = cannot read { $what }: { $path }
text-file-too-large = { $what } is larger than { $max_kb } kB: split it: { $path }
text-file-not-text = { $what } is not text: save it as plain text (UTF-8): { $path }
text-too-long-in-file = the text is too long: use at most { $max } characters at a time: { $path }
script-blank = there is nothing to say: type some words
script-too-long = the text has { $characters } characters: use at most { $max } at a time
voice-sample-unpermitted = confirm first that you have the speaker's permission
voice-sample-without-words = type the transcript of the voice sample: { $path }
voice-sample-unusable = can't use the voice sample: { $path }

## Speech

speech-in-time-needs-text = only text can be spoken in time with a motion file
speech-in-time-of-voice-model = voice models speak in their own time, not in that of a motion
take-missing = the take to change is missing
speech-thread = can't start the speech thread
speech-too-many = too many speeches are waiting: try again
speech-without-models = speech is not available because the models could not be loaded
internal-error = internal error: please report it with the file or text

## Portraits

portrait-unusable = can't use the portrait { $path }
portrait-turned = the picture was turned { $degrees }° clockwise to bring the face upright
portrait-shut-eyes = the eyes are shut in the picture and stay shut in the film: choose a picture with open eyes

## Names and folders of outputs

output-audio = the audio
output-curves = the curves
output-images = the images
output-motion-file = the motion file
output-subtitles = the subtitles
output-video = the video
output-name = { $what } must be named { $endings }: { $path }
output-is-folder = can't write { $what }, a folder has that name: { $path }
output-folder-not-empty = { $what } need a new or empty folder: choose another name: { $path }
output-folder-without-name = { $what } need a folder with a name: { $path }
output-folder-unwritable = can't write { $what }: choose an existing folder that you can write to: { $path }
outputs-same-name = two outputs have the same name: name them differently: { $path }
output-replaces-input = the output would replace an input: name it differently: { $path }
video-name = name the video *.mp4, *.mov, *.webm, *.mkv or *.gif, or a folder for PNG images: { $path }
video-transparent = an MP4 or GIF cannot be transparent: name the video *.mov or *.webm, or a folder for PNG images: { $path }
sound-format-unknown = the sound has no known format: { $path }
watch-video-name = the video must be named *.mp4, *.mov, *.webm or *.mkv, or be a folder for PNG pictures: { $path }
watch-portrait-size = the portrait was drawn at another size
curves-without-face = a .glb shows a face: name a portrait
curves-unwritable = cannot write the curves: { $path }
subtitles-unwritable = cannot write the subtitles: { $path }

## Projects

project-unreadable = can't read the project: { $path }
project-newer = the project was saved by a newer version of JAM-Flow: update JAM-Flow: { $path }
project-copy-unreadable = can't read the { $stem ->
    [portrait] portrait
    [voice] voice
   *[driver] driver
}: { $path }
project-unsaved = can't save the project: choose a folder that you can write to and that has free space: { $path }
take-unreadable = can't read a take of the project: restore the file: { $path }
recovery-too-many-windows = { $reason }: too many windows are open
recovery-elsewhere = not left here
recovery-unremovable = can't remove old unsaved work: { $path }
recovery-not-kept = can't keep unsaved work: { $path }

## Sound devices

preview-thread = cannot start the preview thread
output-device-unusable = can't use the audio device: { $reason }
output-device-none = this computer has no audio output device
output-devices-unlisted = can't list the audio devices: { $reason }
output-device-gone = it is not connected
microphone-unavailable = no microphone is available here
microphone-none = this computer has no microphone: connect one, or use an audio file
microphones-unlisted = can't list the microphones: { $reason }
microphone-gone = “{ $name }” is not connected: choose another microphone in the settings
microphone-silent = the microphone does not respond: { $reason }
microphone-format = the microphone uses the unsupported sample format { $format }
microphone-unusable = can't use the microphone: { $reason }
microphone-sound-unusable = can't use the microphone's audio: { $reason }
microphone-lost = The microphone was lost; what it recorded is kept. Reconnect it, or choose another in the settings.
camera-gone = the camera “{ $name }” is not there: connect it, or choose another
camera-denied = the system does not let this program use the camera “{ $name }”: add yourself to the group “video”, then log in again
camera-busy = the camera “{ $name }” is in use: close the other program that shows it
camera-unplugged = the camera “{ $name }” was disconnected: connect it again
camera-no-bandwidth = the camera “{ $name }” does not fit on its USB connection: switch other cameras off, or use another port
camera-silent = the camera “{ $name }” sends no pictures: open its shutter or reconnect it; start the program that feeds it if it is a virtual one
camera-format = the camera “{ $name }” sends only formats that are not supported ({ $offered }): choose another
camera-none = “{ $name }” is not a camera: choose another
camera-not-here = cameras are supported on Linux only: use a video file instead
camera-system = can't use the camera: { $reason }
virtual-camera-pipewire = PipeWire
virtual-camera-load-command = sudo modprobe v4l2loopback exclusive_caps=1 card_label="JAM-Flow"
virtual-camera-gone = the virtual camera “{ $name }” is not there: load it with { $command }, or choose another
virtual-camera-denied = the system does not let this program write to the virtual camera “{ $name }”: add yourself to the group “video”, then log in again
virtual-camera-busy = the virtual camera “{ $name }” is in use: stop the other program that writes to it
virtual-camera-removed = the virtual camera “{ $name }” was removed: load it with { $command }, then start again
virtual-camera-no-output = “{ $name }” is not a virtual camera: choose another
virtual-camera-format = the virtual camera “{ $name }” is set to a format that is not supported: close the programs that use it, then start again
virtual-camera-gstreamer = PipeWire cameras need GStreamer: install the packages gstreamer1.0-tools and gstreamer1.0-pipewire
virtual-camera-element = GStreamer lacks “{ $element }”: install the packages gstreamer1.0-plugins-base and gstreamer1.0-pipewire
virtual-camera-pipewire-off = PipeWire is not running: start it with systemctl --user start pipewire wireplumber
virtual-camera-gstreamer-ended = the PipeWire camera has stopped: { $reason }
virtual-camera-not-here = virtual cameras are supported on Linux only: capture the stage window instead
virtual-camera-system = can't use the virtual camera: { $reason }
sound-opener-thread = cannot start the sound opener thread
no-sound = No sound can be played: { $reason }
output-device-replaced = “{ $name }” can't be used, so the system default plays instead: { $reason }
output-device-silent = the audio device does not respond: { $reason }
output-device-format = the audio device needs the unsupported sample format { $format }
output-device-lost = The audio device was lost, and playback continues silently. Reconnect it or choose another in the settings, then press Play.

## Graphics cards

gpu-search-thread = can't start the thread that looks for GPUs
gpu-search-failed = looking for GPUs failed
gpu-unusable = can't compute on the GPU
gpu-wrong = { $name } gives wrong results (correlation { $correlation } with the CPU): update its driver
gpu-left-out = { $reason }. Speech is computed on the CPU for now.
gpu-failed = { $reason }. The CPU continues; restart the program to use the GPU again.

## Films of scenes

scenes-unknown-field = unknown field. Known fields: { $fields }
scenes-text = write text in quotes
scenes-flag = give true or false
scenes-whole-from = give a whole number from { $min } on
scenes-whole = give a whole number from { $min } to { $max }
scenes-number = give a number from { $min } to { $max }
scenes-numbers = give { $count } numbers from { $min } to { $max } in brackets
scenes-one-of = give one of { $names }
scenes-no-file = this is no file
scenes-missing-file = there is no such file
scenes-unreadable-file = cannot read the file: { $reason }
scenes-file-name = give the name of a file in quotes
scenes-not-toml = this is not TOML: { $reason }
scenes-unknown-table = there is no [{ $name }]: a film has [film], [music], [logo] and [[scene]]
scenes-table = write it as [{ $name }]
scenes-too-many = the film has { $count } scenes: make several of it, of at most { $max } each
scenes-scene = write each scene as [[scene]]
scenes-none-in-file = the film has no scene: add a [[scene]] with a text
scenes-fps = give 25 or 50
scenes-music-file = name the file with the music
scenes-logo-file = name the file with the logo
scenes-film = the film
scenes-transcript = only an audio file has a transcript: the text is spoken as it is
scenes-captions = captions need the words of the audio: add a transcript, or captions = "none"
scenes-field-or-file = give { $field } or { $file_field }, not both
scenes-one-source = give exactly one of text, text_file and audio, not { $count }
scenes-audio-voice = an audio file has its own voice: leave this out
scenes-voice-or-reference = give voice or reference, not both
scenes-permission = ask the speaker first, then add i_have_permission = true
scenes-reference-text = add reference_text: what is said in the reference
scenes-beyond = give "blur", or a colour such as "#202020"
scenes-background = give "keep", a colour such as "#203040", a picture ({ $pictures }) or a video ({ $videos })
scenes-several-faces = the picture shows { $count } faces: number { $number } from the left moves, choose another with face
chapters-unwritable = cannot write the chapters: { $path }
logo-unusable = cannot use the picture: { $path }
scenes-not-unicode = a film's file can't hold this name, which is not Unicode: rename the file: { $path }
scenes-only-words = a film's file has only words and audio files: write what is said
scenes-no-voice-model = a film's file can't name a voice model: choose a voice of the list
scenes-unsaved = can't save the film: choose a folder that you can write to and that has free space: { $path }
scenes-output = the film has no output: name the video to write
scenes-none = the film has no scene: add one
scenes-speech-thread = cannot start the thread that speaks
output-chapters = the chapters
scenes-silent-music = there is no sound in the file
scenes-background-thread = cannot start the thread that reads the background

## Dialogues

dialogue-no-speaker = it has no speaker: start it with the number of a face and a colon, such as "1: Good morning!"
dialogue-empty = the dialogue is empty: write lines such as "1: Good morning!"
dialogue-name-taken = face { $face } is already called { $name }
dialogue-voice-taken = face { $face } already has the voice { $voice } from line { $line }: give each face one voice
dialogue-blank = face { $face } has nothing to say: type some words
dialogue-face-number = faces are numbered from the left; 1 is the leftmost
dialogue-face-left-out = face { $face } can't be animated: { $reason }
dialogue-only-face = there is no face { $face }: the picture shows one face
dialogue-no-face = there is no face { $face }: the picture shows { $count }, counted from the left

## Clips that are watched

endpoint-json = its JSON is broken
endpoint-choices = it has no choices
endpoint-no-reason = no reason given
endpoint-no-address = it is not an address
endpoint-scheme = it must begin with http:// or https://
endpoint-no-host = it has no host
endpoint-key-in-address = it contains a name or a key, which belongs into the environment
endpoint-question-mark = it contains a question mark
endpoint-key-unreadable = the key cannot be read, { $reason }
endpoint-key-open = others may read the key: allow it to yourself alone (chmod 600)
endpoint-key-none = there is no key in the file
endpoint-what = { $pictures } pictures of the clip with their times, and the prompt
endpoint-encrypted = encrypted on the way
endpoint-unencrypted = NOT encrypted: anybody on the way can read it
endpoint-ended-early = the request ended early
endpoint-no-reaction = it does not react
endpoint-no-such-host = there is no such host

## Writing and signing files

sound-stream-m4a = M4A cannot be streamed
sound-stream-ffmpeg = ffmpeg could not encode the sound
pictures-name-taken = that name is already taken: choose a new folder
sound-kind = This kind of sound
signing-key-damaged = the key is damaged
signing-key-random = the system gives no random numbers

## Clips and endpoints

endpoint-address = the endpoint's address cannot be used ({ $reason }): give one such as http://localhost:8000/v1
endpoint-key = the key for { $host } contains characters that no key has: set { $variable } anew
endpoint-key-unprotected = the key would be sent to { $host } unencrypted: give an https:// address, or unset { $variable }
endpoint-unreachable = no server answers at { $host } ({ $reason }): start it, or check the address
endpoint-unauthorized = { $host } refuses access ({ $reason }): set { $variable } to a key that it accepts
endpoint-not-found = { $host } has no model "{ $model }", or nothing at this address ({ $reason }): check both
endpoint-busy = { $host } takes no more requests for now ({ $reason }): try again later
endpoint-server = { $host } failed ({ $reason }): try again, or look into the server's log
endpoint-refused = { $host } refuses the request ({ $reason }): try fewer pictures, or a model that takes pictures
endpoint-redirected = { $host } sends the request on to { $location }: give that address if you trust it
endpoint-malformed = { $host } sends something that is no answer of a chat model ({ $reason }): check the address
endpoint-cut-off = the answer of { $host } broke off: try again, or look into the server's log
endpoint-too-long = the answer of { $host } is longer than { $limit } characters: ask for less, or try another model
endpoint-silent = nothing came from { $host } for { $secs } s: allow it more time, or show the model fewer pictures
clip-too-long = the clip is longer than { $max_secs } s: cut out the part that matters: { $path }
clip-no-pictures = the clip has no pictures: choose another: { $path }

## Videos that are written

recording-disk-full = the disk is full: free some space and try again: { $path }
recording-unwritable = cannot write the video: { $source }: { $path }
recording-size = a video of { $width_px } × { $height_px } pixels cannot be written: choose sides from { $min_px } to { $max_px } pixels
recording-empty = the video has no frames: nothing was written
recording-ffmpeg-missing = this format needs ffmpeg, which is not installed: install it, or choose MP4 or PNG images: { $path }
recording-ffmpeg-missing-for-sound = MP3 needs ffmpeg, which is not installed: install it, or name the output *.m4a, *.flac or *.wav: { $path }
recording-too-long-for-gif = an animated GIF holds at most { $max_secs } seconds: name the output *.mp4, or make the speech shorter: { $path }
recording-ffmpeg = ffmpeg could not write the video: { $reason }: { $path }
recording-in-use = the video is still being written: wait until it is complete: { $path }
recording-unrecoverable = nothing can be recovered: this is not an unfinished video of JAM-Flow, or it ended within its first second: { $path }
recording-encoder = the { $what } failed: { $reason }: please report this

## What models answer

clip-narrow = a picture of { $width_px } × { $height_px } pixels is too narrow to be shown: its sides may differ by a factor of { $factor } at most
narration-empty = the answer holds no words that could be spoken: try another model or prompt
dialogue-line = line { $line } of the dialogue: { $problem }
endpoint-asking = asking { $host } on this machine: { $what } ({ $size_mb } MB); nothing leaves the machine through this program
endpoint-sending = sending to { $host }: { $what } ({ $size_mb } MB, { $readers }); the clip's sound stays here
scenes-place-film = film
scenes-place-music = music
scenes-place-logo = logo
scenes-place-scene = scene { $number }
scenes-line = (line { $line })
endpoint-begins = it begins "{ $beginning }"
script-microphone = Microphone
folder-without-name = the path does not end in a name
sound-unreadable = its sound cannot be read
verify-no-file = not a file
gif-size = the picture has another size
encoder-without-picture = it gave no picture
gpu-none = no graphics card
video-pipe-without-picture = no picture in the pipe
