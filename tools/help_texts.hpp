#pragma once

/// The texts of --help, except the options. laid_out() (text_layout.hpp) fits them to the terminal: it fills paragraphs, and leaves commands as they are.
namespace offhook::tools {

inline constexpr const char* kHelpAbout =
    "offhook: a telephone user agent for AI. It registers with your PBX like a desk phone, picks up, and holds the conversation.";

inline constexpr const char* kHelpFirstSteps = R"(First steps:
  offhook demo                          a whole call on this machine, nothing to configure
  offhook setup                         a few questions, then a configuration that works
  offhook check offhook.json            is this configuration good? Nothing is started
  offhook run --config offhook.json     registers with the PBX and answers calls
)";

inline constexpr const char* kHelpMore = R"(
`offhook COMMAND --help` says what a command does, with examples. `offhook --help` adds the exit codes and the environment.
)";

inline constexpr const char* kHelpTop = R"(
Without a file, variables configure it:
  SIP_EXTENSION=6001 SIP_PASSWORD=... ASTERISK_HOST=pbx.example offhook run

`offhook COMMAND --help` says what a command does, with examples. Results go to standard output, all else to standard error.

On a terminal, lines fit its width (COLUMNS overrides it), and colours tell speakers and warnings apart. NO_COLOR=1 or TERM=dumb switches colours off.
In a pipe or a file there are no colours, and nothing is cut.

Exit codes:
  0  done
  1  it did not succeed: nobody answered, the demonstration failed
  2  arguments or configuration are wrong; nothing was started
  3  SIP or health could not be opened: a port that is taken, an address that is not this machine's, certificates of /sip/tls
  4  the registrar refuses the password

Environment (each overrides the configuration file; docs/configuration.md):
)";

inline constexpr const char* kHelpRun = R"(Registers with the PBX like a desk phone, picks up what is routed to its extension, and holds the conversation of the dialogue
file. SIGTERM or Ctrl-C: no new calls, running ones get /limits/drain_seconds, the registration is taken back; again: at once.
SIGHUP: the configuration is read anew, and new calls go by it.

Examples:
  SIP_EXTENSION=6001 SIP_PASSWORD=... ASTERISK_HOST=pbx.example offhook run
  offhook run --config offhook.json --set /log/level=warning --json

Exit codes: 0 ended by a signal, 2 configuration, 3 SIP or health could not be opened,
4 the registrar refuses the password.)";

inline constexpr const char* kHelpCall = R"(Dials, holds the conversation with the person who answers, and ends with the call. It does not register, so that it can run beside an
`offhook run` of the same extension; --register does. The conversation is printed as it goes,
with --json as one object a line: {"event":"dialled"|"answered"|"answered_by"|"tone"|"they"|"we"|"ended", ...}. The log goes to standard error.
With --machine hang_up or speak nothing is said until it is known who answered, about a second after a person's first words; speak
leaves the message after the beep and hangs up. /media/country says whose busy tones end a call that is not answered.

Examples:
  offhook call 1001 --config offhook.json
  offhook call 1001 --config offhook.json --machine speak --set /media/country=GB
  offhook call sip:1001@pbx.example --config offhook.json --json

Exit codes: 0 it was answered, 1 it was not, 2 configuration, 3 SIP or health could not be opened,
4 the registrar refuses the password.)";

inline constexpr const char* kHelpCalls = R"(Reads what the agent has written of its calls (docs/records.md), while it runs too. Without --folder and --config, from where an
agent of this user writes by default. On a narrow terminal the table leaves columns out; one call is shown with all of them.

Examples:
  offhook calls --config offhook.json
  offhook calls --failed --since 24h
  offhook calls k3x9                    that one, with what was said where transcripts are kept
  offhook calls --json --last 0 | jq -r 'select(.end.cause == "media lost") | .id'

Exit codes: 0 done, 1 no such call, or the folder cannot be read, 2 arguments or configuration.)";

inline constexpr const char* kHelpTranscripts = R"(Reads and removes what was said in calls, where the agent keeps that: it does not by default (docs/privacy.md). A call has the id
that `offhook calls` shows; the beginning of it will do. purge removes the files of whole days (UTC); today's it leaves alone.

Examples:
  offhook transcripts
  offhook transcripts --config offhook.json
  offhook transcripts show k3x9
  offhook transcripts show k3x9 --json | jq -r .text
  offhook transcripts purge --older-than 7d

Exit codes: 0 done, 1 no such call, or the folder cannot be read or emptied, 2 arguments.)";

inline constexpr const char* kHelpErase = R"(Erases what Offhook keeps of one call: its lines in records and transcripts are overwritten, its recordings are removed. It works while
the agent runs, on each call that has ended. Run it as the user that the agent runs as, or as root. It cannot reach the log, backups, the PBX, and the
providers that took part in the call: ask those separately (docs/privacy.md).

Examples:
  offhook erase k3x9f0a7c2m1p                            says what it would erase, and changes nothing
  offhook erase k3x9f0a7c2m1p --yes
  sudo offhook erase k3x9f0a7c2m1p --config /etc/offhook/offhook.json --yes

Exit codes: 0 done, 1 no such call, more than one, a call that is up, or a file that cannot be changed, 2 arguments or configuration.)";

inline constexpr const char* kHelpDemo = R"(A registrar (Kamailio), the agent and a caller with another voice, all on this machine: the conversation as it goes, then how long
the caller waited for each reply, and the recording.

Examples:
  offhook demo
  offhook demo --json --directory /tmp/demo

Exit codes: 0 all three questions were answered, 1 they were not.)";

inline constexpr const char* kHelpCheck = R"(Reads the file, the environment and the command line as `offhook run` would, loads the dialogue, and looks whether the recogniser
can hear each of its words. Opens no port and asks no network. Every problem is told at once: where it is, what was found, what is
allowed, what to do. Warnings do not change the exit code.

With --online it also asks the PBX by OPTIONS, over the transport of the configuration and with its certificate verified, and each provider with
its key. Then each voice says a word, each recogniser hears half a second of silence, and each model that talks greets: a wrong model or voice shows here,
for some cents at most. It does not register: whether the PBX takes the password, `offhook run` tells.

Examples:
  offhook check offhook.json
  offhook check offhook.json --online
  offhook check offhook.json --json | jq -r '.problems[].where'

With --json: {"usable","problems":[{"where","found","allowed","advice"}],"warnings":[{"where","what"}],"dialogue"}, and with --online "online":[{"good","what"}].

Exit codes: 0 it can be used, 1 a server did not answer, or a service does not work (--online), 2 it cannot be used.)";

inline constexpr const char* kHelpPrint = R"(Every setting with the value that counts and where that came from: default, file, environment or command line. Secrets are masked.
What is wrong is told on standard error, and then the table shows what stands without it.

Examples:
  offhook print-config offhook.json
  offhook print-config offhook.json --json | jq '.settings[] | select(.source != "default")'

With --json: {"settings":[{"setting","value","source","origin"}],"problems":[...]}.

Exit codes: 0 it can be used, 2 it cannot.)";

inline constexpr const char* kHelpTools = R"(Asks each server of /tool_servers what tools it has, as an agent would before its first call: for each its name, whether its definition is
the one that you have pinned, the hash to pin it by, and what it says of itself. Read that before you grant a tool: it is shown to your
model. A grant that names no tool, or does not fit what the tool takes, is told, too: no model would be shown that tool.

Examples:
  offhook tools offhook.json
  offhook tools offhook.json --json | jq '.tools[] | {tool, hash}'      what /tool_servers/NAME/pins takes

With --json: {"tools":[{"server","tool","hash","pin","description","parameters"}],"troubles":[{"server","what"}]}; pin is "known", "missing",
"changed" or "not needed".

Exit codes: 0 all servers answered and all grants fit, 1 not all, 2 the configuration cannot be used.)";

inline constexpr const char* kHelpSetup = R"(Asks for the host of the PBX, the extension, its secret, the provider and what it needs, the prompt, the greeting, and the extension of a
person. It tries each answer at once: it looks up the host, registers for a moment, and asks the provider whether it accepts the key. It
asks again for an answer that does not work. Ctrl-C or Ctrl-D ends it at any question; it writes nothing before it has all answers.

The configuration names the variables of the secrets, and holds none of them. If you say so, setup writes the secrets to secrets.env beside
it, with mode 0600: systemd reads that file for the service offhook. A secret may also be ${file:PATH} or ${NAME}. A shipped prompt becomes a
copy beside the configuration, and so does the dialogue of `local` when it transfers calls.

At its end it offers a test call. Write a number: the agent calls it, and talks with the person who answers. Or write `wait`, and dial the
extension when it says so: the agent picks up. Setup ends the call after two minutes at most.

With --yes, --json, or without a terminal nobody is asked. ASTERISK_HOST, SIP_EXTENSION, SIP_PASSWORD, PROVIDER, MODEL_PROVIDER,
SPEECH_PROVIDER, and the variables of these providers are the answers. Without PROVIDER it is openai if OPENAI_API_KEY is set, else local.
--keep-secrets then writes the secrets, too.

Examples:
  offhook setup
  sudo offhook setup --out /etc/offhook/offhook.json
  offhook setup --yes --out offhook.json --call 1001

With --json: {"written","all_good","path","steps":[{"step","good","what"}]}.

Exit codes: 0 written, and all went well, 1 not all did, or Ctrl-D ended it, 2 an answer is missing or cannot be used, 130 Ctrl-C ended it.)";

inline constexpr const char* kHelpSchema = R"(Prints the JSON Schema (draft 7) of the configuration or of a dialogue, for editors and other checkers. A file names it with
"$schema", and most editors then explain and complete its settings.

Examples:
  offhook schema > offhook.schema.json
  offhook schema dialogue > dialogue.schema.json

Exit code: 0.)";

inline constexpr const char* kHelpCompletion = R"(Prints a script that completes commands, options, settings and files.

Examples:
  source <(offhook completion bash)
  offhook completion fish > ~/.config/fish/completions/offhook.fish

Exit code: 0.)";

inline constexpr const char* kHelpRecording = R"(Opens a recording that was encrypted while the call went on (docs/recordings.md): a stereo WAV, or Opus in Ogg, the caller left and
the agent right. The name of its file is the time at which the call began (UTC), the call, the format, and .sealed; `offhook calls ID` shows it.
A file that was changed, put together from others, or added to is refused, and one whose end is missing too,
unless --cut is given. The key is 64 hexadecimal digits, as `openssl rand -hex 32` prints them; it is never an argument.

Examples:
  offhook recording check 20261122T101530Z-k3x9f0a7c2m1p.opus.sealed \
      --key-file /etc/offhook/recording.key
  offhook recording open 20261122T101530Z-k3x9f0a7c2m1p.opus.sealed \
      --out call.opus --key-file /etc/offhook/recording.key
  export OFFHOOK_RECORDING_KEY=...
  offhook recording open 20261122T101530Z-k3x9f0a7c2m1p.wav.sealed --out call.wav

Exit codes: 0 done, 1 it cannot be opened, or is not what was recorded, 2 arguments, or no key.)";

inline constexpr const char* kHelpSay = R"(Speaks a text with the agent's voice: to hear a dialogue's replies, or to make callers for tests.

Examples:
  offhook say "We are open from nine to six." --out hours.wav
  offhook say "When are you open?" --voice rms --rate 8000 --lead-ms 500 --out caller.wav

Exit codes: 0 written, 1 not.)";

inline constexpr const char* kHelpHear = R"(Recognises a WAV file with the words of a dialogue, one line per utterance: when it began, how sure, what was heard.

Examples:
  offhook hear caller.wav --dialogue dialogues/mine.json
  offhook hear offhook-demo/caller.wav --channel 1 --replies

Exit codes: 0 done, 1 the file or the dialogue cannot be used.)";

}  // namespace offhook::tools
