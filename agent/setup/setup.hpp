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
  std::string text;        ///< "Host of the PBX"
  std::string why{};       ///< what it is, and where it is found
  std::string usual{};     ///< the answer when the person gives an empty one; "": there is none
  std::string example{};   ///< shown with what is wrong with an answer; "": none
  bool is_secret = false;
};

/// Why a person gives no more answers.
enum class Ended : std::uint8_t {
  Interrupted,  ///< Ctrl-C
  EndOfInput,   ///< Ctrl-D
};

/// A person, or a test that plays one.
class Asker {
 public:
  virtual ~Asker() = default;
  [[nodiscard]] virtual base::Result<std::string, Ended> ask(const Question& question) = 0;
  virtual void say(std::string_view line) = 0;
};

/// The result of a trial: a sentence for people, without secrets.
struct Finding {
  bool good = false;
  std::string what;
};

/// The same finding in printable text, at most kMaxShownFinding octets of it: a peer's answer may be a part of it.
[[nodiscard]] Finding printable(Finding finding);
inline constexpr std::size_t kMaxShownFinding = 4096;

/// Tries things on the network. Each may take some seconds.
class Prober {
 public:
  virtual ~Prober() = default;
  [[nodiscard]] virtual Finding resolve(const std::string& host) = 0;
  [[nodiscard]] virtual Finding register_at(const config::Config& config) = 0;
  [[nodiscard]] virtual Finding try_key(const ProviderProfile& provider) = 0;
  /// Runs the agent for one call. It dials `number`; with "" it calls `on_ready` when the PBX has the registration, and waits to be called.
  [[nodiscard]] virtual Finding call(const config::Config& config, const std::string& number, const std::function<void()>& on_ready) = 0;
  /// True when the person interrupted a trial (Ctrl-C). The finding of that trial then means nothing.
  [[nodiscard]] virtual bool is_interrupted() = 0;
};

/// Which users may read a file.
enum class Readers : std::uint8_t { Owner, Everyone };

/// The files that setup reads and writes.
struct Files {
  std::function<bool(const std::string& path)> exists;
  config::FileReader read;
  /// The path of a file of share/, such as "prompts/sales.md".
  std::function<std::string(const std::string& name)> share_path;
  /// Writes the whole file, or nothing. Returns "" or why not.
  std::function<std::string(const std::string& path, const std::string& text, Readers readers)> write;
};

struct Options {
  std::string path = "offhook.json";
  bool overwrite = false;          ///< existing files, without a question
  bool keeps_secrets = false;      ///< without a person: the secrets are written, too
  std::string call;                ///< a number to dial at the end, or "wait"
};

struct Step {
  std::string name;                ///< "answers", "resolve", "register", "key", "file", "call"
  Finding finding;
};
struct Outcome {
  bool is_written = false;           ///< the configuration
  bool all_good = false;
  std::optional<Ended> ended{};      ///< the person ended it before its end
  std::vector<std::string> written{};  ///< the paths of all files
  std::vector<Step> steps{};
};

/// `asker` nullptr: the answers are those of `environment` alone (ASTERISK_HOST, SIP_EXTENSION, SIP_PASSWORD, PROVIDER,
/// MODEL_PROVIDER, SPEECH_PROVIDER and the variables of these providers). Then it writes only when each trial succeeds.
[[nodiscard]] Outcome run(Asker* asker, Prober& prober, const Files& files, const config::Environment& environment, const Options& options);

/// "nothing was written", "offhook.json was written"
[[nodiscard]] std::string written_in_words(const Outcome& outcome);

/// {"written", "all_good", "path", "steps": [{"step", "good", "what"}]} on one line
[[nodiscard]] std::string to_json(const Outcome& outcome, const Options& options);

}  // namespace offhook::inline v0::agent::setup
