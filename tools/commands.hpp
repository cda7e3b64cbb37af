#pragma once

#include <string>
#include <vector>

/// One function for each subcommand; each returns the exit code.
namespace offhook::tools {

enum Exit : int {
  kOk = 0,
  kFailed = 1,         ///< the command did not succeed: the call was not answered, the demonstration failed
  kUsage = 2,          ///< arguments or configuration are wrong; nothing was started
  kNoPort = 3,         ///< the SIP or health port could not be opened, because of its number, its address or the certificates
  kRefused = 4,        ///< the registrar refuses the credentials
  kInterrupted = 130,  ///< `offhook setup`: Ctrl-C ended it; shells use this code for it
};

/// The places to which a command copies its SIP messages.
struct WireArguments {
  std::string capture;           ///< a file of pcapng; "": as the configuration says
  bool capture_media = false;    ///< the file also gets the headers of media
  std::string trace;             ///< "sip": prints the messages; "": as the configuration says
};

struct RunArguments {
  std::string config;            ///< path; "" for only the environment and the defaults
  std::vector<std::string> set;  ///< "/sip/port=5070"
  bool json = false;             ///< writes the log as JSON, whatever the configuration says
  WireArguments wire;
};
[[nodiscard]] int run(const RunArguments& arguments);

struct CallArguments {
  std::string config, target;
  std::string machine = "ignore";   // "ignore", "hang_up" or "speak"
  std::vector<std::string> set;
  bool json = false;
  bool registers = false;           // registers first, as the configuration says
  WireArguments wire;
};
[[nodiscard]] int call(const CallArguments& arguments);

struct CallsArguments {
  std::string id, config, folder, since;
  std::vector<std::string> set;
  std::size_t last = 20;
  bool failed = false, json = false;
};
[[nodiscard]] int calls(const CallsArguments& arguments);

struct TranscriptsArguments {
  std::string what = "list";  ///< "list", "show" or "purge"
  std::string call, folder, older_than;
  std::string config;                 ///< "": the default folder
  std::vector<std::string> set;
  std::size_t last = 20;
  bool json = false;
};
[[nodiscard]] int transcripts(const TranscriptsArguments& arguments);

struct EraseArguments {
  std::string call, config;
  std::vector<std::string> set;
  bool yes = false, json = false;
};
[[nodiscard]] int erase(const EraseArguments& arguments);

struct DemoArguments {
  bool json = false;
  std::string directory = "offhook-demo";
  std::string web;  ///< the address of the page; "": no page, but a call between two telephones
};
[[nodiscard]] int demo(const DemoArguments& arguments);

struct ConfigArguments {
  std::string config;
  std::vector<std::string> set;
  bool json = false;
  bool online = false;  ///< true: `offhook check` also contacts the servers
};
[[nodiscard]] int check(const ConfigArguments& arguments);
[[nodiscard]] int print_config(const ConfigArguments& arguments);
[[nodiscard]] int list_tools(const ConfigArguments& arguments);

struct SetupArguments {
  std::string out = "offhook.json", call;
  bool yes = false, json = false, overwrite = false, keep_secrets = false;
};
[[nodiscard]] int setup(const SetupArguments& arguments);

struct SchemaArguments {
  std::string of = "config";  ///< "config" or "dialogue"
  bool markdown = false;
};
[[nodiscard]] int schema(const SchemaArguments& arguments);

struct SayArguments {
  std::string text, voice = "slt", out;
  unsigned rate_hz = 16000, pad_ms = 0, lead_ms = 0;
};
[[nodiscard]] int say(const SayArguments& arguments);

struct RecordingArguments {
  std::string what = "open";  ///< "open" or "check"
  std::string file, out, key_file;
  bool cut = false;           ///< accepts a file whose end is missing, and returns its readable part
};
[[nodiscard]] int recording(const RecordingArguments& arguments);

struct HearArguments {
  std::string file, dialogue;
  unsigned channel = 0;
  bool replies = false;
};
[[nodiscard]] int hear(const HearArguments& arguments);

}  // namespace offhook::tools
