#pragma once

#include <offhook/agent/config/problem.hpp>
#include <offhook/agent/config/secret.hpp>
#include <offhook/base/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The settings of `offhook run` and `offhook call`: one JSON file, overridden by the environment (docs/configuration.md).
namespace offhook::inline v0::agent::config {

inline constexpr std::size_t kMaxFileBytes = 256U << 10U;

struct Sip {
  std::string extension;               ///< SIP_EXTENSION; required
  Secret password;                     ///< SIP_PASSWORD; required
  std::string host;                    ///< ASTERISK_HOST, also HOST:PORT; required
  std::uint16_t port = 5060;
  std::string transport = "udp";       ///< "udp" or "tcp"
  std::string auth_user;               ///< "": the extension
  std::string display_name;
  std::chrono::seconds expires{300};   ///< 60..7200
  std::string accept_from = "registrar";  ///< whose calls are taken: "registrar" or "anyone"
  std::string bind_address = "0.0.0.0";
  std::uint16_t bind_port = 0;         ///< 0: any free one
};
struct AgentSettings {
  std::string provider = "local";      ///< PROVIDER; only "local" in this version
  std::string dialogue;                ///< path; "": the receptionist that is shipped
  std::string voice = "slt";           ///< VOICE
  std::string prompt, instructions;    ///< PROMPT, INSTRUCTIONS: for providers with a language model
};
struct Media {
  std::vector<std::string> codecs{"G722", "PCMU", "PCMA"};  ///< in order of preference
  std::uint16_t first_port = 16384, last_port = 32767;
};
struct Limits {
  std::chrono::seconds call{1800};           ///< a call's length
  std::chrono::seconds ring{0};              ///< rings at least so long before it is answered
  std::chrono::seconds silence{8};           ///< until a silent caller is asked
  std::size_t calls = 64;                    ///< at once; one more is answered 486
  std::chrono::seconds drain{30};            ///< after SIGTERM
};
struct Log {
  std::string level = "info";          ///< LOG_LEVEL: debug, info, warning, error, off
  std::string format = "text";         ///< text or json
};
struct RecordSettings {
  std::string folder;                  ///< "": the usual place for state; "off": no records
  std::uint32_t rotate_mb = 64;
  std::uint32_t keep = 30;             ///< rotated files
  bool digits = false;                 ///< which keys callers pressed, not only how many
};
struct HealthSettings {
  std::uint16_t port = 8080;           ///< 0: none
  std::string address = "127.0.0.1";
};

struct Config {
  Sip sip;
  AgentSettings agent;
  Media media;
  Limits limits;
  Log log;
  HealthSettings health;
  RecordSettings records;
  bool transcripts = false;            ///< TRANSCRIPTION_ENABLED; what was said then appears in the log
};

/// Reads the value of an environment variable; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// Where settings come from, the weakest first: defaults, a file, the environment, the command line.
struct Sources {
  std::optional<std::string> path;       ///< of the JSON file
  Environment environment;
  std::vector<std::string> assignments;  ///< of the command line: "/sip/port=5070"
};

enum class Source : std::uint8_t { Default, File, Variable, CommandLine };
struct Origin {
  Source source = Source::Default;
  std::string name;  ///< FILE:POINTER, the variable, or the assignment's pointer

  friend bool operator==(const Origin&, const Origin&) = default;
};
/// "default", "file offhook.json:/sip/port", "environment SIP_EXTENSION", "command line"
[[nodiscard]] std::string to_string(const Origin& origin);

/// What all sources together say. Where a value was refused, the one of the weaker source stands.
struct Effective {
  Config config;
  std::vector<Origin> origins;    ///< one for each of settings(), in its order
  std::vector<Problem> problems;  ///< at most kMaxProblems; empty when the configuration can be used
};

[[nodiscard]] Effective read(const Sources& sources);
/// The same on text instead of a file; `name` stands for its path.
[[nodiscard]] Effective read_text(std::string_view text, std::string_view name, const Sources& sources);

/// The configuration, when there is no problem with it.
[[nodiscard]] base::Result<Config, std::vector<Problem>> load(const std::optional<std::string>& path,
                                                                const Environment& environment);
/// The same on text: for tests. `text` "" is an empty file.
[[nodiscard]] base::Result<Config, std::vector<Problem>> parse(std::string_view text, const Environment& environment);
/// The process's own environment.
[[nodiscard]] Environment process_environment();

}  // namespace offhook::inline v0::agent::config
