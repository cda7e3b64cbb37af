#pragma once

/// The texts of --help, except the options. laid_out() (text_layout.hpp) fits them to the terminal: it fills paragraphs, and leaves commands as they are.
namespace offhook::tools {

inline constexpr const char* kHelpAbout =
    "offhook: a telephone user agent for AI. It registers with your PBX like a desk phone, picks up, and holds the conversation.";

inline constexpr const char* kHelpFirstSteps = R"(First steps:
  offhook demo                          a whole call on this machine, nothing to configure
  offhook setup                         asks a few questions and writes a configuration
  offhook check offhook.json            checks this configuration, and starts nothing
  offhook run --config offhook.json     registers with the PBX and answers calls
)";

inline constexpr const char* kHelpMore = R"(
`offhook COMMAND --help` says what a command does, with examples. `offhook --help` adds the exit codes and the environment.
)";

inline constexpr const char* kHelpTop = R"(
Without a file, variables configure Offhook:
  SIP_EXTENSION=6001 SIP_PASSWORD=... ASTERISK_HOST=pbx.example offhook run

`offhook COMMAND --help` says what a command does, with examples. Results go to standard output, and everything else to standard error.

On a terminal, lines fit its width (COLUMNS overrides it), and colours distinguish speakers and warnings. NO_COLOR=1 or TERM=dumb switches colours off.
In a pipe or a file there are no colours, and no line is cut.

Exit codes:
  0  done
  1  the command failed: for example, the call was not answered
  2  arguments or configuration are wrong; nothing was started
  3  SIP or health could not be opened: another program uses the port, this machine does not have the address, or /sip/tls is wrong
  4  the registrar refuses the password

Environment (each overrides the configuration file; docs/configuration.md):
)";

inline constexpr const char* kHelpRun = R"(Registers with the PBX like a desk phone, answers the calls to its extension, and holds the conversations. After
SIGTERM or Ctrl-C it takes no new calls, lets running calls continue for at most /limits/drain_seconds, and removes its registration; a
second signal ends it at once. After SIGHUP it reads the configuration again, and uses it for new calls.

--trace sip and --capture FILE show the SIP messages, over UDP, TCP, TLS and WebSocket, as they crossed the network. `-->` is a message that
Offhook sent, `<--` one that it received. The letter x replaces passwords, responses to challenges, keys of SRTP and pressed keys; numbers and
names of callers stay (docs/privacy.md). At 64 MB, and at each start, the capture becomes FILE.1, and a new one begins. With --capture-media, it
also has RTCP and the headers of RTP, STUN and DTLS, but no audio. The settings /capture/... do the same for a service, and send the messages to
Homer or sngrep.

Examples:
  SIP_EXTENSION=6001 SIP_PASSWORD=... ASTERISK_HOST=pbx.example offhook run
  offhook run --config offhook.json --set /log/level=warning --json
  offhook run --config offhook.json --trace sip 2>messages.txt
  offhook run --config offhook.json --capture calls.pcapng --capture-media
  tshark -r calls.pcapng -Y 'sip.Method == "INVITE"'

Exit codes: 0 ended by a signal, 2 configuration, 3 SIP or health could not be opened,
4 the registrar refuses the password.)";

inline constexpr const char* kHelpCall = R"(Calls the target, holds the conversation with the person who answers, and exits when the call ends. It does not register, so that it can run
beside an `offhook run` of the same extension; with --register it registers first. It prints the conversation while the call continues, with --json as
one object a line: {"event":"dialled"|"answered"|"answered_by"|"tone"|"they"|"we"|"ended", ...}. The log goes to standard error.
With --machine hang_up or speak, the agent says nothing until it has detected a person or a machine, about a second after a person's first words. With
speak it leaves its message after the beep and hangs up. /media/country selects the country whose busy tones end a call that is not answered.
--trace sip prints the SIP messages, and --capture FILE writes them to a file for Wireshark, without passwords (offhook run --help).

Examples:
  offhook call 1001 --config offhook.json
  offhook call 1001 --config offhook.json --machine speak --set /media/country=GB
  offhook call sip:1001@pbx.example --config offhook.json --json
  offhook call 1001 --config offhook.json --trace sip

Exit codes: 0 the call was answered, 1 it was not, 2 configuration, 3 SIP or health could not be opened,
4 the registrar refuses the password.)";

inline constexpr const char* kHelpCalls = R"(Shows the records that the agent writes of its calls (docs/records.md), even while it runs. Without --folder and --config, it reads the
default folder of this user's agent. On a narrow terminal the table omits columns; a single call is shown with all details.

Examples:
  offhook calls --config offhook.json
  offhook calls --failed --since 24h
  offhook calls k3x9                    this call, with its conversation if transcripts are kept
  offhook calls --json --last 0 | jq -r 'select(.end.cause == "media lost") | .id'

Exit codes: 0 done, 1 no such call, or the folder cannot be read, 2 arguments or configuration.)";

inline constexpr const char* kHelpTranscripts = R"(Shows and removes the transcripts of calls. By default, the agent keeps none (docs/privacy.md). Give the id of a call as `offhook calls`
shows it, or the beginning of the id. purge removes the files of whole days (UTC), but not those of today.

Examples:
  offhook transcripts
  offhook transcripts --config offhook.json
  offhook transcripts show k3x9
  offhook transcripts show k3x9 --json | jq -r .text
  offhook transcripts purge --older-than 7d

Exit codes: 0 done, 1 no such call, or the folder cannot be read or emptied, 2 arguments.)";

inline constexpr const char* kHelpErase = R"(Erases the data that Offhook keeps of one call: it overwrites the lines in records and transcripts, and removes the recordings. It also works
while the agent runs, for calls that have ended. Run it as the user that the agent runs as, or as root. It cannot erase data in the log, in backups, in the PBX, and
at the providers of the call: erase them separately (docs/privacy.md).

Examples:
  offhook erase k3x9f0a7c2m1p                            shows what it would erase, and changes nothing
  offhook erase k3x9f0a7c2m1p --yes
  sudo offhook erase k3x9f0a7c2m1p --config /etc/offhook/offhook.json --yes

Exit codes: 0 done, 1 no such call, more than one, a call that is up, or a file that cannot be changed, 2 arguments or configuration.)";

inline constexpr const char* kHelpDemo = R"(Runs a registrar (Kamailio), the agent and a caller with another voice on this machine. It prints the conversation while it continues, then
how long the caller waited for each reply, and the path of the recording.

With --web, you are the caller: the agent waits for calls from a page, which a browser on this machine opens at https://127.0.0.1:8443/. The browser warns
first, because the certificate is made at each start, and no authority has signed it. Several visitors may call at once. With ADDRESS, other machines of the
network may call too: use the address of this machine that they reach. Ctrl-C ends it (docs/use/browser.md).

Examples:
  offhook demo
  offhook demo --json --directory /tmp/demo
  offhook demo --web
  offhook demo --web 192.0.2.7:8443

Exit codes: 0 the agent answered all three questions, 1 it did not. With --web: 0 ended by Ctrl-C, 1 it did not start, 2 arguments, 3 the address or port cannot be used.)";

inline constexpr const char* kHelpCheck = R"(Reads the file, the environment and the command line as `offhook run` would, loads the dialogue, and checks that the recogniser
knows each of its words. It opens no port and uses no network. It reports all problems at once: the place, what was found, what is
allowed, and what to do. Warnings do not change the exit code.

With --online it also sends OPTIONS to the PBX, over the configured transport and with the PBX's certificate verified, and a request with the key to
each provider. Then each voice says a word, each recogniser hears half a second of silence, and each realtime model says a greeting. This finds a wrong
model or voice, and costs some cents at most. It does not register: only `offhook run` shows whether the PBX accepts the password.

Examples:
  offhook check offhook.json
  offhook check offhook.json --online
  offhook check offhook.json --json | jq -r '.problems[].where'

With --json: {"usable","problems":[{"where","found","allowed","advice"}],"warnings":[{"where","what"}],"dialogue"}, and with --online "online":[{"good","what"}].

Exit codes: 0 the configuration can be used, 1 a server did not answer, or a service does not work (--online), 2 it cannot be used.)";

inline constexpr const char* kHelpPrint = R"(Shows every setting with its effective value and the source of the value: default, file, environment or command line. Secrets are masked.
Problems go to standard error; the table then ignores the invalid values.

Examples:
  offhook print-config offhook.json
  offhook print-config offhook.json --json | jq '.settings[] | select(.source != "default")'

With --json: {"settings":[{"setting","value","source","origin"}],"problems":[...]}.

Exit codes: 0 the configuration can be used, 2 it cannot.)";

inline constexpr const char* kHelpTools = R"(Asks each server of /tool_servers for its tools, as an agent does before its first call. It shows the name of each tool, whether its definition
is the one that you have pinned, the hash to pin it by, and its description. Read the description before you grant the tool: your model
gets it. It also reports a grant that names no tool, or does not fit the arguments of the tool: no model would get that tool.

Examples:
  offhook tools offhook.json
  offhook tools offhook.json --json | jq '.tools[] | {tool, hash}'      values for /tool_servers/NAME/pins

With --json: {"tools":[{"server","tool","hash","pin","description","parameters"}],"troubles":[{"server","what"}]}; pin is "known", "missing",
"changed" or "not needed".

Exit codes: 0 all servers answered and all grants fit, 1 a server did not answer or a grant does not fit, 2 the configuration cannot be used.)";

inline constexpr const char* kHelpSetup = R"(Asks for the host of the PBX, the extension, its secret, the provider and what it needs, the prompt, the greeting, and the extension of a
person. It tries each answer at once: it looks up the host, registers for a moment, and asks the provider whether it accepts the key. It
asks again for an answer that does not work. Ctrl-C or Ctrl-D ends it at any question; it writes nothing before it has all answers.

The configuration names the variables of the secrets, and contains no secret. If you agree, setup writes the secrets to secrets.env beside
it, with mode 0600: systemd reads that file for the service offhook. A secret may also be ${file:PATH} or ${NAME}. Setup writes a
copy of a shipped prompt beside the configuration, and also of the dialogue of `local` if it transfers calls.

At the end, setup offers a test call. Write a number: the agent calls it, and talks with the person who answers. Or write `wait`, and dial the
extension when setup asks you to: the agent picks up. Setup ends the call after two minutes at most.

With --yes, --json, or without a terminal, setup asks nothing. It takes the answers from ASTERISK_HOST, SIP_EXTENSION, SIP_PASSWORD, PROVIDER,
MODEL_PROVIDER, SPEECH_PROVIDER, and the variables of these providers. Without PROVIDER, the provider is openai if OPENAI_API_KEY is set, else local.
--keep-secrets then writes the secrets, too.

Examples:
  offhook setup
  sudo offhook setup --out /etc/offhook/offhook.json
  offhook setup --yes --out offhook.json --call 1001

With --json: {"written","all_good","path","steps":[{"step","good","what"}]}.

Exit codes: 0 the file is written, and all steps succeeded, 1 a step failed, or Ctrl-D ended it, 2 an answer is missing or cannot be used, 130 Ctrl-C ended it.)";

inline constexpr const char* kHelpSchema = R"(Prints the JSON Schema (draft 7) of the configuration or of a dialogue, for editors and other checkers. A file names the schema with
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

inline constexpr const char* kHelpRecording = R"(Opens a recording that Offhook encrypted during the call (docs/recordings.md): a stereo WAV, or Opus in Ogg, with the caller on the left
channel and the agent on the right. The name of the file has the time at which the call began (UTC), the id of the call, the format, and .sealed;
`offhook calls ID` shows it. The command refuses a file that was changed, composed of other files, or extended, and, without --cut, a file
whose end is missing. The key is 64 hexadecimal digits, as `openssl rand -hex 32` prints them; it is never an argument.

Examples:
  offhook recording check 20261122T101530Z-k3x9f0a7c2m1p.opus.sealed \
      --key-file /etc/offhook/recording.key
  offhook recording open 20261122T101530Z-k3x9f0a7c2m1p.opus.sealed \
      --out call.opus --key-file /etc/offhook/recording.key
  export OFFHOOK_RECORDING_KEY=...
  offhook recording open 20261122T101530Z-k3x9f0a7c2m1p.wav.sealed --out call.wav

Exit codes: 0 done, 1 the file cannot be opened, or is not the original recording, 2 arguments, or no key.)";

inline constexpr const char* kHelpSay = R"(Speaks a text with the agent's voice into a WAV file. Use it to hear a dialogue's replies, or to make the audio of callers for tests.

Examples:
  offhook say "We are open from nine to six." --out hours.wav
  offhook say "When are you open?" --voice rms --rate 8000 --lead-ms 500 --out caller.wav

Exit codes: 0 the file is written, 1 it is not.)";

inline constexpr const char* kHelpHear = R"(Recognises the speech in a WAV file, with the vocabulary of a dialogue. It prints a line for each utterance: its start, the confidence, and the words.

Examples:
  offhook hear caller.wav --dialogue dialogues/mine.json
  offhook hear offhook-demo/caller.wav --channel 1 --replies

Exit codes: 0 done, 1 the file or the dialogue cannot be used.)";

}  // namespace offhook::tools
