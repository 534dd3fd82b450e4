# The server's texts, in Fluent's format (https://projectfluent.org): what its clients are told, and its page. One text a line.
# A key is used in app/src/server as text!("key") or text!("key", name = value), and in a page as {{key}}; app/tests/texts.rs checks
# both directions. The addresses are described in app/src/server/openapi.json.
# Names of fields, headers and values belong to the API and are the same in every language.

## Starting

start-failed = cannot start the server
start-listen = cannot listen at { $address }: give another --listen
start-models = the models cannot be loaded
start-open = other machines could reach { $address }: give a token
start-thread-stage = cannot start the thread of the stage
start-thread-videos = cannot start the thread of the videos
token-random = the system gives no random numbers: { $error }
token-short = the token must have at least { $count } letters, digits or signs, without spaces
token-unreadable = cannot read the token: { $file }
token-unusable = the token cannot be used: { $file }

## Requests that cannot be used

address-unknown = there is nothing at this address: see /openapi.json
body-broken-off = the request broke off
body-field-text = the field { $name } is not UTF-8
body-fields = the form has more than { $count } fields
body-form = the form cannot be read: { $error }
body-json = the request cannot be read: { $error }
body-slow = the request took too long to arrive: send it again
body-too-large = the request is too large: send at most { $bytes } bytes
body-type = the request has the wrong type: send { $wanted }
method = this address does not take this method: see /openapi.json
not-websocket = this address speaks WebSocket only

## Who may ask, and how often

busy = too many requests are waiting: try again in a moment
host = the server answers to localhost only: use this name, or start it with a token
internal = the server failed to answer: see what it wrote to its terminal
origin = requests of other web pages are refused
overloaded = the machine is too busy: try again later
stopping = the server is stopping
too-often = too many requests: try again in { $secs } s
unauthorized = the token is missing or wrong: send the header "Authorization: Bearer TOKEN" with the server's token

## Speech

format-needs-ffmpeg = { $name } needs ffmpeg, which is not installed on the server: give one of { $names }
format-unknown = there is no response_format { $name }: give one of { $names }
input-long = the input has { $count } characters: give at most { $limit } at a time
speech-given-up = the speech was given up
speed = the speed is { $speed }: give one from { $min } to { $max }
stream-format = the stream_format must be "audio"

## Models and alignments

model-unknown = there is one model: { $name }
recording-long = the recording lasts { $secs } s: send at most { $limit } s
recording-missing = the recording is missing: send it as the file "file"

## Videos

background = the background is "keep" or a colour such as "#00ff00"
face = faces count from 1, the leftmost
gaze = the gaze is two numbers from -1 to 1
mood = there is no mood { $name }: give one of { $names }
portrait = there is no portrait { $name }: give one of { $names }, or send a picture
range = { $name } lies between { $min } and { $max }
size = the size is the shorter side in pixels, { $min } to { $max }, or "picture"
video-cancelled = it was cancelled
video-unknown = there is no such video, or none any more
video-unready = the video is not ready: ask for its status until that is "completed"
words-or-recording = give either words as "input" or a recording as the file "recording"

## The stage

command = the command cannot be read: { $error }
no-viewer = nobody looks at the stage: open /stage in OBS or a browser first
speeches-waiting = too many speeches are waiting

## The page of the stage

page-click = Click for sound
page-concerned = Concerned
page-happy = Happy
page-neutral = Neutral
page-no-connection = No connection: is jam-flow serve running, and is the token right?
page-say = Say
page-stop = Stop
page-surprised = Surprised
page-title = JAM-Flow stage
page-words = Words to say
