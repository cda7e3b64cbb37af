#pragma once

#include <offhook/agent/config/config.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::setup {

struct Question {
  std::string text;      ///< "Host of the PBX"
  std::string why;       ///< what it is, and where it is found
  std::string usual;     ///< taken when nothing is answered; "" asks again
  bool is_secret = false;
};

/// A person, or a test that plays one.
class Asker {
 public:
  virtual ~Asker() = default;
  /// Nothing when nobody answers any more.
  [[nodiscard]] virtual std::optional<std::string> ask(const Question& question) = 0;
  virtual void say(std::string_view line) = 0;
};

/// What came of trying something: a sentence for people, without secrets.
struct Finding {
  bool good = false;
  std::string what;
};

/// Tries things on the network. Each may take some seconds.
class Prober {
 public:
  virtual ~Prober() = default;
  [[nodiscard]] virtual Finding resolve(const config::Config& config) = 0;
  [[nodiscard]] virtual Finding register_at(const config::Config& config) = 0;
  [[nodiscard]] virtual Finding try_key(const ProviderProfile& provider) = 0;
  /// Dials `number`; "" waits to be called.
  [[nodiscard]] virtual Finding call(const config::Config& config, const std::string& number) = 0;
};

/// Where the file goes.
struct Files {
  std::function<bool(const std::string& path)> exists;
  /// Readable for its owner alone. "" or why not.
  std::function<std::string(const std::string& path, const std::string& text)> write;
};

struct Options {
  std::string path = "offhook.json";
  bool overwrite = false;          ///< without asking
  bool keeps_secrets = false;      ///< they are written as they are, when nobody can be asked; else as ${VARIABLE}
  std::string call;                ///< a number to dial at the end, or "wait"
};

struct Step {
  std::string name;                ///< "answers", "resolve", "register", "key", "file", "call"
  Finding finding;
};
struct Outcome {
  bool is_written = false;
  bool all_good = false;
  std::vector<Step> steps;
};

inline constexpr unsigned kMaxTries = 3;  ///< of the same question

/// `asker` nothing: answers come from `environment` alone (ASTERISK_HOST, SIP_EXTENSION, SIP_PASSWORD, PROVIDER,
/// MODEL_PROVIDER, SPEECH_PROVIDER and what those need; without them OPENAI_API_KEY), and the file is written only when all that was tried went well.
[[nodiscard]] Outcome run(Asker* asker, Prober& prober, const Files& files, const config::Environment& environment, const Options& options);

/// {"written", "all_good", "path", "steps": [{"step", "good", "what"}]} on one line
[[nodiscard]] std::string to_json(const Outcome& outcome, const Options& options);

}  // namespace offhook::inline v0::agent::setup
