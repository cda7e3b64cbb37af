#pragma once

#include <offhook/agent/config/json_places.hpp>
#include <offhook/agent/net/proxy.hpp>
#include <offhook/agent/profile/provider_profile.hpp>
#include <offhook/agent/support/json_tree.hpp>
#include <offhook/agent/support/problem.hpp>
#include <offhook/agent/support/secret.hpp>
#include <offhook/base/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The settings of `offhook run` and `offhook call`: one JSON file, overridden by the environment (docs/configuration.md). In the comments
/// below, a name in capitals is the short variable of the setting.
namespace offhook::inline v0::agent::config {

inline constexpr std::size_t kMaxFileBytes = 256U << 10U;

struct CallerSecret {
  std::string username;
  Secret password;
  friend bool operator==(const CallerSecret&, const CallerSecret&) = default;
};

/// One entry of /nat/servers.
struct NatServerEntry {
  std::string uri, username;
  Secret password, shared_secret;      ///< at most one of them
  friend bool operator==(const NatServerEntry&, const NatServerEntry&) = default;
};
struct Nat {
  std::string public_address;          ///< "": unknown
  JsonValue servers{};                 ///< the value of /nat/servers for display, with masked secrets
  std::string ca_file;                 ///< "": the system's authorities
  std::vector<NatServerEntry> entries{};
};

struct Sip {
  std::string extension;               ///< SIP_EXTENSION; required
  Secret password;                     ///< SIP_PASSWORD; required
  std::string host;                    ///< ASTERISK_HOST, which may be HOST:PORT; required
  std::uint16_t port = 5060;
  std::string transport = "udp";       ///< "udp", "tcp", "tls", "ws" or "wss"
  std::string auth_user;               ///< "": the extension
  std::string display_name;
  std::chrono::seconds expires{300};   ///< 60..7200
  std::chrono::seconds refresh{25};    ///< 0..3600; 0: derived from the lifetime that the PBX grants
  std::string accept_from = "registrar";  ///< peers whose calls are accepted: "registrar" or "anyone"
  std::string session_timer = "accept";   ///< "accept", "ask" or "off"
  std::uint16_t datagram_limit = 1300;  ///< octets; larger requests use TCP instead of UDP; 0: requests of all sizes use UDP
  std::string bind_address = "0.0.0.0";
  std::uint16_t bind_port = 0;         ///< 0: any free port
  JsonValue tls{}, web_socket{};       ///< a JsonValue of this struct is Null when its setting is absent
  std::string transfer = "attended";    ///< "attended" or "blind"
  std::string srtp = "preferred";       ///< "off", "preferred" or "required"
  std::string srtp_keys = "sdp";        ///< how outgoing calls agree on the keys of SRTP: "sdp" or "dtls"
  std::string ice = "accept";           ///< "off", "accept" or "offer"
  bool srtp_without_tls = false;        ///< true: sends and accepts keys of SRTP even in signalling without TLS
  std::string registration = "serial";  ///< how the extension registers at `host` and the secondaries: "serial", "parallel" or "none"
  JsonValue outbound_proxy{}, secondaries{}, trusted_peers{}, callers{}, watchers{}, admission{}, connections{};  ///< `callers` is for display: secrets are masked
  JsonValue challenges{}, identity{};
  std::vector<CallerSecret> caller_secrets{};  ///< names and passwords in /sip/callers/who
};
/// One agent as it is configured. A compound setting keeps its checked value; agent/agents makes an AgentProfile of it.
struct AgentSettings {
  std::string provider = "local";      ///< PROVIDER
  std::string model_provider;          ///< MODEL_PROVIDER; "": `provider` also thinks
  std::string speech_provider;         ///< SPEECH_PROVIDER; "": `provider` also listens and speaks
  std::string dialogue;                ///< path; "": the receptionist that Offhook installs
  std::string voice;                   ///< VOICE; "": each provider's default
  std::string language;                ///< BCP 47; "": the agent detects and follows the caller's language
  std::string prompt, instructions;    ///< PROMPT, INSTRUCTIONS: for providers with a language model
  std::string prompt_file;             ///< Markdown
  std::string greeting, apology, filler, goodbye;
  std::string greeting_file;           ///< path; "" and "off": no file
  std::vector<std::string> regions;
  std::vector<std::string> codecs;     ///< empty: the codecs of /media
  std::optional<bool> transcripts;     ///< nullopt: as /transcripts/enabled
  std::optional<bool> recordings;      ///< nullopt: as /recordings/enabled
  std::string hold_music;              ///< path; "": the music that is built in; "off": silence
  JsonValue sessions{}, tools{}, fallback{}, limits{}, sentences{}, context{}, phrases{}, languages{};  ///< Null when the setting is absent
};
struct Media {
  std::vector<std::string> codecs{"G722", "PCMU", "PCMA"};  ///< in order of preference
  std::string codec_choice = "caller"; ///< "caller" or "ours"
  std::uint16_t first_port = 16384, last_port = 32767;
  std::string datagrams = "auto";      ///< "auto", "io_uring" or "epoll"
  std::string scheduling = "auto";     ///< "auto" or "usual"
  std::string jitter_buffer = "auto";  ///< "auto" or "call"
  std::string comfort_noise = "hear";  ///< "off", "hear" or "send"
  std::string source = "peer";         ///< "sdp", "peer" or "any"
  std::string country = "none";        ///< country, in two letters, whose busy and other tones end outgoing calls
  std::string hang_up_tone = "none";   ///< country, in two letters, whose busy tone ends incoming calls
  std::string voice_activity = "spectral";  ///< "spectral" or "silero"
  std::string voice_model;             ///< folder; "": the folder of share/install-silero
};
struct Limits {
  std::chrono::seconds call{1800};           ///< longest duration of a call
  std::chrono::seconds ring{0};              ///< shortest ring time before the agent answers
  std::chrono::seconds silence{8};           ///< silence after which the agent prompts the caller
  std::size_t calls = 64;                    ///< maximum number of simultaneous calls; a further call gets 486
  std::chrono::seconds drain{30};            ///< longest time for the calls to end after SIGTERM
  std::chrono::seconds transfer_ring{20};    ///< ring time of an attended transfer's target
  std::size_t conversation_threads = 0;      ///< 0: one for each core of the machine
};
struct Log {
  std::string level = "info";          ///< LOG_LEVEL: "debug", "info", "warning", "error" or "off"
  std::string format = "text";         ///< "text" or "json"
};
/// A server of tools: a program, an address, or an HTTP service with an OpenAPI document.
struct ToolServerSettings {
  using Named = std::vector<std::pair<std::string, Secret>>;
  struct Oauth {
    std::string client_id, token_url, issuer, scope;
    Secret client_secret;
    std::string private_key;           ///< path of a PEM file

    friend bool operator==(const Oauth&, const Oauth&) = default;
  };
  std::string name;
  std::vector<std::string> command;
  Named environment;
  std::string directory, url;
  bool plain_http = false;
  std::string openapi;                 ///< path
  std::vector<std::string> operations;
  Secret token;
  Named headers;
  std::optional<Oauth> oauth;
  std::string ca_file;
  std::vector<std::pair<std::string, std::string>> pins;  ///< a tool's name for models, and the hash of its definition
  std::string unpinned;                ///< "refuse", "trust_first"; "": the default

  friend bool operator==(const ToolServerSettings&, const ToolServerSettings&) = default;
};
struct RecordSettings {
  std::string folder;                  ///< "": the default folder for state; "off": no records
  std::uint32_t rotate_mb = 64;
  std::uint32_t keep = 30;             ///< number of rotated files
  bool digits = false;                 ///< true: keeps the keys that a caller pressed, and not only their number
};
struct TranscriptSettings {
  bool enabled = false;                ///< TRANSCRIPTION_ENABLED; true: the words of a call also appear in the log
  std::string folder;                  ///< "": the default folder
  std::uint32_t keep_days = 30;
  std::uint32_t redact_digits = 4;     ///< shortest number that is redacted; 0: nothing is redacted
  JsonValue patterns{};                ///< Null when the setting is absent
  bool readable = false;
};
struct RecordingSettings {
  bool enabled = false;
  std::string folder;                  ///< "": the default folder
  std::string format = "opus";         ///< "opus" or "wav"
  std::string sides = "both";          ///< "both", "caller" or "agent"
  Secret key;                          ///< OFFHOOK_RECORDING_KEY; "": not encrypted
  std::uint32_t keep_days = 30;
  std::uint32_t least_free_mb = 512;   ///< free space that stays on the disk; 0: recordings may fill the disk
  std::uint32_t most_mb = 0;           ///< highest size of all recordings together; 0: no limit
  std::string notice;                  ///< the agent says it first in each recorded call; "": no notice
};
struct NetworkSettings {
  Secret proxy;                        ///< "" or "environment": https_proxy and similar variables; "none": no proxy; else a URL, which may hold a password
  std::string no_proxy;                ///< hosts to which no proxy is used, in curl's notation
};
struct HealthSettings {
  std::uint16_t port = 8080;           ///< 0: no health port
  std::string address = "127.0.0.1";
  Secret token;                        ///< OFFHOOK_HEALTH_TOKEN; "": requests need no token for any page
};
struct CaptureSettings {
  std::string file;                    ///< path; "": no file
  std::uint32_t file_mb = 64;          ///< size at which a new file begins
  bool media = false;                  ///< the file also gets the headers of RTP, and RTCP
  std::string hep_host;                ///< a collector of HEP3; "": none
  std::uint16_t hep_port = 9060;
  std::uint32_t hep_id = 2001;
  Secret hep_key;                      ///< "": packets without a key
  std::string trace = "off";           ///< "off" or "sip"
};

struct Config {
  std::optional<std::string> path{};  ///< path of the file; relative paths in it start in its folder (beside())
  Sip sip;
  AgentSettings agent;
  Media media;
  NetworkSettings network;
  Nat nat;
  Limits limits;
  Log log;
  HealthSettings health;
  RecordSettings records;
  TranscriptSettings transcripts;
  RecordingSettings recordings;
  CaptureSettings capture;
  JsonValue agents{}, about{};         ///< the checked values of /agents and /about
  JsonValue provider_tree{};           ///< the value of /providers for display, with masked secrets
  std::vector<ToolServerSettings> tool_servers;
  JsonValue tool_server_tree{};        ///< the value of /tool_servers for display, with masked secrets
  net::ProxyRules proxies{};           ///< from /network and the environment
  std::vector<ProviderPtr> providers;  ///< the configured providers, and the built-in providers in use, with all their settings
};

/// Returns the value of an environment variable; nullopt when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The content of a file that a reference names.
struct FileText {
  std::string text;
  bool others_may_read = false;
};
/// Reads a file of at most `most` octets. The error explains the failure in words for people: "it is not there".
using FileReader = std::function<base::Result<FileText, std::string>(const std::string& path, std::size_t most)>;

inline constexpr std::string_view kFileTooLarge = "it is too large";
inline constexpr std::size_t kMaxReferencedBytes = 64U << 10U;  ///< size of a file that "${file:PATH}" names

/// The sources of settings. From the weakest to the strongest: defaults, a file, the environment, the command line.
struct Sources {
  std::optional<std::string> path;       ///< path of the JSON file
  Environment environment;
  std::vector<std::string> assignments;  ///< settings of the command line: "/sip/port=5070"
  FileReader files{};                    ///< reads the files of references; empty: a reference to a file is a problem
  std::vector<std::string> variables{};  ///< names of all OFFHOOK_ variables, so that unknown ones are found
};

enum class Source : std::uint8_t { Default, File, Variable, CommandLine };
struct Origin {
  Source source = Source::Default;
  std::string name;  ///< FILE:POINTER, the variable, or the assignment's pointer

  friend bool operator==(const Origin&, const Origin&) = default;
};
/// Returns for example "default", "file offhook.json:/sip/port", "environment SIP_EXTENSION" or "command line".
[[nodiscard]] std::string to_string(const Origin& origin);

/// The configuration from all sources. If a value was refused, the value of the weaker source stays.
struct Effective {
  Config config;
  std::vector<Origin> origins;    ///< one for each setting of settings(), in the same order
  std::vector<std::pair<std::string, Origin>> inner_origins;  ///< origins of values in compound settings that differ from the origin of the whole
  std::vector<Warning> warnings;
  bool holds_secret = false;      ///< true: the file itself contains a secret, and not only a reference to one
  std::vector<Problem> problems;  ///< at most kMaxProblems; empty when the configuration can be used
  std::string file{};             ///< the name of the file in positions
  JsonPlaces places{};            ///< places in that file
};

/// Returns `path` relative to the folder of `file`, unless it starts at the root.
[[nodiscard]] std::string beside(const std::optional<std::string>& file, const std::string& path);
/// Returns the place of a setting as the operator wrote it: a pointer, a variable, or "--set POINTER".
[[nodiscard]] std::string where_of(const Effective& effective, std::string_view pointer);

/// Fills in the position of each problem whose setting is in the file, or is missing in an object of the file.
void add_positions(const Effective& effective, std::vector<Problem>& problems);

[[nodiscard]] Effective read(const Sources& sources);
/// Reads text instead of a file; `name` replaces the path in problems.
[[nodiscard]] Effective read_text(std::string_view text, std::string_view name, const Sources& sources);

/// Returns the configuration. Error: the problems, if there are any.
[[nodiscard]] base::Result<Config, std::vector<Problem>> load(const std::optional<std::string>& path,
                                                                const Environment& environment);
/// Parses `text` instead of a file, for tests. "" means an empty file.
[[nodiscard]] base::Result<Config, std::vector<Problem>> parse(std::string_view text, const Environment& environment);
/// Returns the environment of this process.
[[nodiscard]] Environment process_environment();
/// Returns a reader for the files of this machine.
[[nodiscard]] FileReader disk_files();

}  // namespace offhook::inline v0::agent::config
