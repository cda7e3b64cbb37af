#pragma once

#include <offhook/agent/config/json_places.hpp>
#include <offhook/agent/config/json_tree.hpp>
#include <offhook/agent/config/problem.hpp>
#include <offhook/agent/config/secret.hpp>
#include <offhook/agent/net/proxy.hpp>
#include <offhook/agent/provider_profile.hpp>
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

struct CallerSecret {
  std::string username;
  Secret password;
  friend bool operator==(const CallerSecret&, const CallerSecret&) = default;
};

struct Sip {
  std::string extension;               ///< SIP_EXTENSION; required
  Secret password;                     ///< SIP_PASSWORD; required
  std::string host;                    ///< ASTERISK_HOST, also HOST:PORT; required
  std::uint16_t port = 5060;
  std::string transport = "udp";       ///< "udp", "tcp", "tls", "ws" or "wss"
  std::string auth_user;               ///< "": the extension
  std::string display_name;
  std::chrono::seconds expires{300};   ///< 60..7200
  std::chrono::seconds refresh{25};    ///< 0..3600; 0: by what the PBX grants
  std::string accept_from = "registrar";  ///< whose calls are taken: "registrar" or "anyone"
  std::string session_timer = "accept";   ///< "accept", "ask" or "off"
  std::uint16_t datagram_limit = 1300;  ///< 0: requests of all sizes stay on UDP
  std::string bind_address = "0.0.0.0";
  std::uint16_t bind_port = 0;         ///< 0: any free one
  JsonValue tls{}, web_socket{};       ///< Null when nothing was written; so are the others
  std::string transfer = "attended";    ///< or "blind"
  std::string registration = "serial";  ///< at the secondaries: "serial" or "parallel"
  JsonValue outbound_proxy{}, secondaries{}, trusted_peers{}, callers{}, watchers{}, door{}, connections{};  ///< callers: to be shown, secrets are masked
  JsonValue challenges{}, identity{};
  std::vector<CallerSecret> caller_secrets{};  ///< what callers says of who
};
/// One agent as it is written. What has several parts is kept as it was checked; agent/agents makes an AgentProfile of it.
struct AgentSettings {
  std::string provider = "local";      ///< PROVIDER
  std::string model_provider;          ///< MODEL_PROVIDER; "": `provider` thinks itself
  std::string speech_provider;         ///< SPEECH_PROVIDER; "": `provider` listens and speaks itself
  std::string dialogue;                ///< path; "": the receptionist that is shipped
  std::string voice;                   ///< VOICE; "": each provider's own
  std::string language;                ///< BCP 47; "": detected and followed
  std::string prompt, instructions;    ///< PROMPT, INSTRUCTIONS: for providers with a language model
  std::string prompt_file;             ///< Markdown
  std::string greeting, apology, filler, goodbye;
  std::string greeting_file;           ///< path; "" and "off": none
  std::vector<std::string> regions;
  std::vector<std::string> codecs;     ///< empty: those of /media
  std::optional<bool> transcripts;     ///< nothing: as /transcripts/enabled says
  std::optional<bool> recordings;      ///< nothing: as /recordings/enabled says
  std::string hold_music;              ///< path; "": ours; "off": silence
  JsonValue sessions{}, tools{}, fallback{}, limits{}, sentences{}, context{}, phrases{}, languages{};  ///< Null where nothing was written
};
struct Media {
  std::vector<std::string> codecs{"G722", "PCMU", "PCMA"};  ///< in order of preference
  std::string codec_choice = "caller"; ///< caller or ours
  std::uint16_t first_port = 16384, last_port = 32767;
  std::string datagrams = "auto";      ///< auto, io_uring or epoll
  std::string scheduling = "auto";     ///< auto or usual
  std::string jitter_buffer = "auto";  ///< auto or call
  std::string comfort_noise = "hear";  ///< off, hear or send
  std::string source = "peer";         ///< sdp, peer or any
  std::string country = "none";        ///< whose tones our calls are ended by: two letters
  std::string hang_up_tone = "none";   ///< whose busy tone ends calls to us: the same
  std::string voice_activity = "spectral";  ///< spectral or silero
  std::string voice_model;             ///< folder; "": where share/install-silero puts it
};
struct Limits {
  std::chrono::seconds call{1800};           ///< a call's length
  std::chrono::seconds ring{0};              ///< rings at least so long before it is answered
  std::chrono::seconds silence{8};           ///< until a silent caller is asked
  std::size_t calls = 64;                    ///< at once; one more is answered 486
  std::chrono::seconds drain{30};            ///< after SIGTERM
  std::chrono::seconds transfer_ring{20};    ///< the target of an attended transfer
  std::size_t conversation_threads = 0;      ///< 0: as many as the machine has cores
};
struct Log {
  std::string level = "info";          ///< LOG_LEVEL: debug, info, warning, error, off
  std::string format = "text";         ///< text or json
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
  std::string unpinned;                ///< "refuse", "trust_first"; "": the usual

  friend bool operator==(const ToolServerSettings&, const ToolServerSettings&) = default;
};
struct RecordSettings {
  std::string folder;                  ///< "": the usual place for state; "off": no records
  std::uint32_t rotate_mb = 64;
  std::uint32_t keep = 30;             ///< rotated files
  bool digits = false;                 ///< which keys callers pressed, not only how many
};
struct TranscriptSettings {
  bool enabled = false;                ///< TRANSCRIPTION_ENABLED; what was said then appears in the log
  std::string folder;                  ///< "": the usual place
  std::uint32_t keep_days = 30;
  std::uint32_t redact_digits = 4;     ///< 0: nothing is taken out
  JsonValue patterns{};                ///< Null where nothing was written
  bool readable = false;
};
struct RecordingSettings {
  bool enabled = false;
  std::string folder;                  ///< "": the usual place
  std::string format = "opus";         ///< "opus" or "wav"
  std::string sides = "both";          ///< "both", "caller" or "agent"
  Secret key;                          ///< OFFHOOK_RECORDING_KEY; "": not encrypted
  std::uint32_t keep_days = 30;
  std::uint32_t least_free_mb = 512;   ///< 0: the disk may be filled
  std::uint32_t most_mb = 0;           ///< of the folder; 0: no bound
  std::string notice;                  ///< said first in each call that is recorded
};
struct NetworkSettings {
  Secret proxy;                        ///< "" and "environment": as https_proxy and its like say; "none"; or a URL, which may hold a password
  std::string no_proxy;                ///< hosts that are reached without a proxy, in curl's notation
};
struct HealthSettings {
  std::uint16_t port = 8080;           ///< 0: none
  std::string address = "127.0.0.1";
  Secret token;                        ///< OFFHOOK_HEALTH_TOKEN; "": each request gets all pages
};

struct Config {
  std::optional<std::string> path{};  ///< of its file, where the paths in it start: beside()
  Sip sip;
  AgentSettings agent;
  Media media;
  NetworkSettings network;
  Limits limits;
  Log log;
  HealthSettings health;
  RecordSettings records;
  TranscriptSettings transcripts;
  RecordingSettings recordings;
  JsonValue agents{}, about{};         ///< as they were checked
  JsonValue provider_tree{};           ///< to be shown: secrets are masked
  std::vector<ToolServerSettings> tool_servers;
  JsonValue tool_server_tree{};        ///< to be shown: secrets are masked
  net::ProxyRules proxies{};           ///< what /network and the environment say together
  std::vector<ProviderPtr> providers;  ///< those that are written, and those of ours that are used, with all that is known of them
};

/// Reads the value of an environment variable; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// What a reference to a file found.
struct FileText {
  std::string text;
  bool others_may_read = false;
};
/// Reads a file of at most `most` octets; the error says for people why not: "it is not there".
using FileReader = std::function<base::Result<FileText, std::string>(const std::string& path, std::size_t most)>;

inline constexpr std::string_view kFileTooLarge = "it is too large";
inline constexpr std::size_t kMaxReferencedBytes = 64U << 10U;  ///< of the file that "${file:PATH}" names

/// Where settings come from, the weakest first: defaults, a file, the environment, the command line.
struct Sources {
  std::optional<std::string> path;       ///< of the JSON file
  Environment environment;
  std::vector<std::string> assignments;  ///< of the command line: "/sip/port=5070"
  FileReader files{};                    ///< for what the settings refer to; none: nothing can be referred to
  std::vector<std::string> variables{};  ///< names of the environment's variables that begin with OFFHOOK_, so that an unknown one is found
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
  std::vector<std::pair<std::string, Origin>> inner_origins;  ///< of pointers into compound settings that came from elsewhere than the whole
  std::vector<Warning> warnings;
  bool holds_secret = false;      ///< the file says one itself, and not only where it is
  std::vector<Problem> problems;  ///< at most kMaxProblems; empty when the configuration can be used
  std::string file{};             ///< its name in positions
  JsonPlaces places{};            ///< in that file
};

/// Where a path of the configuration starts that does not start at the root: the folder of its file.
[[nodiscard]] std::string beside(const std::optional<std::string>& file, const std::string& path);
/// The setting's place as the person who set it knows it: a pointer, a variable, or "--set POINTER".
[[nodiscard]] std::string where_of(const Effective& effective, std::string_view pointer);

/// Fills in the position of each problem whose setting stands in the file, or is missing in an object that does.
void add_positions(const Effective& effective, std::vector<Problem>& problems);

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
/// The machine's own files.
[[nodiscard]] FileReader disk_files();

}  // namespace offhook::inline v0::agent::config
