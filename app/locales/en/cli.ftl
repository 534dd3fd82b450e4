# The command line's texts, in Fluent's format (https://projectfluent.org). One text a line.
# A key is used in app/src/cli as text!("key") or text!("key", name = value); app/tests/texts.rs checks both directions.
# Help stands beside each argument as a doc comment, from which clap makes help, manual page and completions.
# Errors begin with a small letter, since "error: " stands before them, and name the file last.

warning = warning: { $reason }
demo-instead = no display to open a window on; writing { $file } instead
no-such-file = no command and no file has this name (jam-flow --help lists the commands): { $name }
no-display = no display to open a window on, so this can't be shown: { $name }
file-and-command = a file opens in the window and takes no command beside it: { $name }
camera-and-command = --camera is for the window and takes no command beside it
cameras-virtual = { $name } (virtual: shows the portrait to calls; View, Virtual camera… in the window)
cameras-no-virtual = no virtual camera found; load one with { $command }, or start PipeWire
cameras-none = no camera found; the window can follow a video file in place of one (--camera FILE)
demo-failed = can't write the demo video

## Stages and results

stage-loading = Loading
stage-speaking = Generating speech
stage-animating = Animating
stage-aligning = Aligning
stage-analysing = Analysing the audio
stage-dubbing = Replacing words
stage-tracking = Tracking the face
stage-tracking-driver = Tracking the driving video
cancelled = cancelled; no partial files were kept
error = error: { $reason }
stage-reading-clip = Reading the clip
stage-choosing-pictures = Choosing pictures
stage-asking = Asking the model
stage-loading-model = Loading the model
stage-writing-video = Writing the video
stage-scene = Scene { $number } of { $count }
scenes-note = note: scene { $scene }: { $note }
scenes-result = wrote { $files } ({ $count ->
    [one] 1 scene
   *[other] { $count } scenes
}, { $secs } s)
watch-pictures = { $count } pictures, { $large } of them large: { $tokens } tokens
watch-memory = the model takes about { $gigabytes } GB of memory
watch-again = the server did not finish its answer; asking again
watch-shortened = warning: the server cut the answer at its own limit
watch-waits = the clip waits { $secs } s in all for lines that take longer than they have
watch-silent = the clip's own sound is left out: { $reason }
stage-benchmark = Benchmark
stage-item = { $number } of { $count }: { $name }
stage-plain = { $stage } …
percent = { $percent } %
tracked = { $report }{"\u000A"}wrote { $file }
aligned = { $count ->
    [one] 1 word
   *[other] { $count } words
} in { $secs } s: { $file }
aligned-unsure = { $count } of them are uncertain, check the text: { $words }
aligned-word = { $word } at { $secs } s
recovered = recovered { $file } ({ $secs } s)
faces-several = the picture shows { $count } faces; number { $number } from the left speaks. Choose another with --face, or let them talk with speak --dialogue
recovered-images = recovered { $file }, as far as it was written
recover-removed = removed { $file }: there was nothing to recover in it
portrait-notice = note: { $notice }
face-notice = face { $number }: { $notice }
face-left-out = face { $number } is not animated: { $reason }
dialogue-voice = { $name } as { $voice }
dialogue-voices = voices: { $voices }. To choose another: "1 (af_heart): …"

words-estimated = warning: some words couldn't be found in the speech; their times in the subtitles are estimated
checkpoint-assumed = warning: can't tell whether the checkpoint is F5-TTS v0 or v1, assuming v1; if the speech is garbled, try --checkpoint-version v0
reference-shortened = warning: the reference is too long, only its first { $secs } s are used; give a shorter one with exactly the words spoken in it
characters-unknown = warning: the checkpoint doesn't know these characters and skips them: { $characters }

## Errors

checkpoint-version = give v0 or v1
output = the output
output-drawing = the drawing
output-motion = the motion file
output-is-audio = the output is already an audio file: leave out --audio-output, or name the output *.mp4
argument-audio-codec = use aac or opus
output-name = name the output *.mp4, *.mov, *.webm, *.mkv or *.gif, *.wav, *.m4a, *.flac, *.opus or *.mp3, or a folder for PNG images: { $file }
output-words = the words
scenes-output = the film has no output: add output = "film.mp4" to [film], or give --output
watch-question = a question needs --prompt ask: add it, or leave out --question
permission = a voice belongs to its speaker: add --i-have-permission if they allowed you to use it
portrait-unusable = can't use the portrait { $file }
words-unwritable = can't write the words: { $file }
drawing-unwritable = can't write the drawing: { $file }
manual-unwritable = can't write the manual pages, choose a folder that you can write to: { $folder }
interrupt = can't listen for Ctrl-C
thread = can't start the engine thread
benchmark-empty = nothing was measured
models-wrong = { $wrong } of { $count } model files don't match the manifest, download them again: { $folder }
verify-unreadable = can't read the file: { $file }
verify-generator = made by { $generator }
verify-source = source: { $source }
verify-comment = it says: { $comment }
verify-own-key = signed with this machine's key { $key }
verify-other-key = signed with the key { $key }, which is not this machine's
verify-intact = unchanged since it was made
verify-changed = the file or its claim was changed after it was made: { $file }
verify-unsigned = the file says that it is AI-generated, but carries no signature that could be checked: { $file }
verify-unmarked = the file carries no claim of JAM-Flow: { $file }
recover-none = no unfinished video was found: { $path }
recover-unreadable = can't search for unfinished videos: { $path }
number-range = give a number from { $min } to { $max }
gaze = give two numbers from -1 to 1, such as 0.5,0
head = give three angles from -{ $limit } to { $limit } degrees, such as 5,-10,0
background = give keep, transparent, or a colour such as #00ff00
size = give a number of pixels from { $min } to { $max }, or picture for the original size
frame-rate = give 25 or 50
one-of = give one of { $names }
shift = give two numbers from -0.5 to 0.5, such as 0.1,-0.05
beyond = give blur, or a colour such as #202020
captions-without-words = captions need the words, which are not known for an audio file: use speak or dub, or leave out --captions
face-number = give a whole number; 1 is the leftmost face

## Batch

batch-empty = nothing to do: give a CSV file with one row per video, or a folder with text ({ $texts }) or audio files ({ $audio }): { $path }
batch-folder-unreadable = can't read the folder: { $folder }
batch-folder-unwritable = can't write to the folder: { $folder }
batch-folder-uncreatable = can't create the folder: { $folder }
batch-list = the list
batch-column-unknown = the list has an unknown column { $column }. Known columns: { $columns }: { $path }
batch-column-twice = the list has the column { $column } twice: { $path }
batch-column-output = the list has no column "output": { $path }
batch-row = row { $number }
batch-row-fields = the row has { $fields } fields for { $columns } columns: put text that contains { $delimiter } in quotes
batch-source = give exactly one of text, text_file and audio, not { $count }
batch-seed = seed: give a whole number
batch-output = output: give the name of the file to write
batch-field = { $column }: { $reason }
batch-output-shared = { $earlier } has the same output: give each its own
batch-skipped = skipped, neither text nor audio: { $files }
batch-item-failed = { $item }: failed: { $reason }
batch-item-exists = { $item }: already exists: { $file }
batch-item-elsewhere = { $item }: another batch is making it: { $file }
batch-item = { $item }: { $file }
batch-result = { $made } made, { $existing } already exist, { $elsewhere } made by another batch, { $failed } failed, { $left } not started
batch-failed = { $failed } of { $count } items failed
shard-unusable = give a part and the number of parts, such as 1/4 for the first of four
serve-address = give an address of this machine, such as { $example }
serve-token = token: { $token }
serve-listening = listening at { $url } (stop with Ctrl-C); stage for OBS: { $url }/stage
serve-stopped = stopped

## Tables of inspect, bench and models

size-px = { $width } × { $height } pixels
box-px = { $width } × { $height } pixels at { $x }, { $y }
inspect-picture = picture
inspect-faces = faces
inspect-faces-several = { $count }; number { $number } was measured, choose another with --face
inspect-face = face
inspect-face-row = face { $number }
inspect-head = head
inspect-head-angles = pitch { $pitch }°, yaw { $yaw }°, roll { $roll }°
inspect-eyes = eyes open
inspect-eyes-mm = { $left } mm and { $right } mm on an average face
inspect-lips = lips apart
inspect-lips-mm = { $opening } mm
inspect-person = person
inspect-person-share = { $percent } % of the picture
bench-rtf = real-time factor, text to speech and motion
bench-first-sound = first sound
bench-after-click = sound and motion after a click
bench-frames = frames per second, 512 x 512
bench-window-pictures = window's pictures per second while speaking
bench-export-rtf = real-time factor, text to finished MP4
bench-memory = peak memory
bench-memory-unknown = unknown
bench-speech = speech measured
bench-adapter = graphics adapter
bench-threads = processor threads
bench-load-synthesizer = load the synthesizer
bench-load-face = load the face models
bench-portrait = portrait
bench-first-piece = first piece after a click
bench-text = text
bench-prosody = prosody
bench-flow = flow
bench-vocoder = vocoder
bench-frame = frame drawn
bench-film-frame = frame drawn and written
bench-backend = speech on { $name }: real-time factor { $rtf }, first sound { $first_sound_ms } ms, flow { $flow_ms } ms
bench-kernel = {"  "}{ $name }: { $dispatches } dispatches, { $time_ms } ms, { $gflops } GFLOP/s
bench-backend-memory = { $line }, { $megabytes } MB of memory
bench-backend-on = { $line }; { $dispatches } dispatches, { $bytes } bytes read back in { $copies } copies, { $megabytes } MB on { $adapter }
bench-done = done
milliseconds = { $value } ms
seconds = { $value } s
megabytes = { $megabytes } MB
