#pragma once

#include <offhook/agent/config/config.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::setup {

struct Question {
  std::string text;        ///< the question, such as "Host of the PBX"
  std::string why{};       ///< the meaning of the question, and where to find the answer
  std::string usual{};     ///< the default, which an empty answer selects; "": there is no default
  std::string example{};   ///< an example answer, shown with a complaint; "": there is no example
  bool is_secret = false;
};

/// The reason for which a person gives no more answers.
enum class Ended : std::uint8_t {
  Interrupted,  ///< Ctrl-C
  EndOfInput,   ///< Ctrl-D
};

/// Asks a person. Tests replace this interface.
class Asker {
 public:
  virtual ~Asker() = default;
  [[nodiscard]] virtual base::Result<std::string, Ended> ask(const Question& question) = 0;
  virtual void say(std::string_view line) = 0;
};

/// The result of a trial. `what` is a sentence for people, and contains no secret.
struct Finding {
  bool good = false;
  std::string what;
};

/// Returns the finding in printable text of at most kMaxShownFinding octets, because it may contain a peer's answer.
[[nodiscard]] Finding printable(Finding finding);
inline constexpr std::size_t kMaxShownFinding = 4096;

/// Runs trials on the network. Each trial may take some seconds.
class Prober {
 public:
  virtual ~Prober() = default;
  [[nodiscard]] virtual Finding resolve(const std::string& host) = 0;
  [[nodiscard]] virtual Finding register_at(const config::Config& config) = 0;
  [[nodiscard]] virtual Finding try_key(const ProviderProfile& provider) = 0;
  /// Runs the agent for one telephone call to `number`. If `number` is "", invokes `on_ready` after the registration, and waits for an incoming call.
  [[nodiscard]] virtual Finding call(const config::Config& config, const std::string& number, const std::function<void()>& on_ready) = 0;
  /// Returns true when the person interrupted a trial (Ctrl-C). The finding of that trial is then invalid.
  [[nodiscard]] virtual bool is_interrupted() = 0;
};

/// The users that may read a file.
enum class Readers : std::uint8_t { Owner, Everyone };

/// Access to the files that setup reads and writes.
struct Files {
  std::function<bool(const std::string& path)> exists;
  config::FileReader read;
  /// Returns the path of a file in share/, such as "prompts/sales.md".
  std::function<std::string(const std::string& name)> share_path;
  /// Writes the whole file, or nothing. Returns "", or the reason of the failure.
  std::function<std::string(const std::string& path, const std::string& text, Readers readers)> write;
};

struct Options {
  std::string path = "offhook.json";
  bool overwrite = false;          ///< true: replaces existing files without a question
  bool keeps_secrets = false;      ///< true: writes the secrets too, if setup asks no person
  std::string call;                ///< the test call at the end: a number, or "wait"; "": setup asks the person, or makes no call if there is none
};

struct Step {
  std::string name;                ///< "answers", "resolve", "register", "key", "file", "call"
  Finding finding;
};
struct Outcome {
  bool is_written = false;           ///< true if the configuration file is written
  bool all_good = false;
  std::optional<Ended> ended{};      ///< set when the person ended the dialogue early
  std::vector<std::string> written{};  ///< the paths of all written files
  std::vector<Step> steps{};
};

/// Runs the set-up. If `asker` is nullptr, the answers come only from `environment` (ASTERISK_HOST, SIP_EXTENSION, SIP_PASSWORD, PROVIDER,
/// MODEL_PROVIDER, SPEECH_PROVIDER and the variables of these providers), and setup writes files only when all trials succeed.
[[nodiscard]] Outcome run(Asker* asker, Prober& prober, const Files& files, const config::Environment& environment, const Options& options);

/// Returns the result in words, for example "nothing was written" or "offhook.json was written".
[[nodiscard]] std::string written_in_words(const Outcome& outcome);

/// Returns the outcome as one line of JSON: {"written", "all_good", "path", "steps": [{"step", "good", "what"}]}.
[[nodiscard]] std::string to_json(const Outcome& outcome, const Options& options);

}  // namespace offhook::inline v0::agent::setup
