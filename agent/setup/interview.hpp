#pragma once

#include <offhook/agent/setup/answer_checks.hpp>
#include <offhook/agent/setup/answers.hpp>
#include <offhook/agent/setup/setup.hpp>
#include <offhook/agent/setup/trials.hpp>

#include <functional>
#include <optional>
#include <string>

namespace offhook::inline v0::agent::setup {

/// Asks a person. Repeats a question if its answer is invalid. Also repeats it if a trial with the answer fails, unless the person keeps the answer.
class Interview {
 public:
  /// All arguments must outlive the object.
  Interview(Asker& asker, Trials& trials, const Files& files, const config::Environment& environment, const Options& options, Outcome& outcome)
      : asker_(asker), trials_(trials), files_(files), environment_(environment), options_(options), outcome_(outcome) {}

  /// Asks all questions, and returns the answers. Returns nullopt if the person ended the dialogue, or keeps the existing configuration; the outcome
  /// then has the reason.
  [[nodiscard]] std::optional<Answers> take();
  /// Asks for the test call. Returns a number to call, "wait" or "none"; nullopt if the person ended the dialogue.
  [[nodiscard]] std::optional<std::string> ask_call(const Answers& answers);

 private:
  std::optional<std::string> ask(const Question& question, const Check& check);
  std::optional<bool> agrees(const std::string& text, const std::string& why, bool usual);
  bool until_good(const std::function<bool()>& questions, const std::function<void()>& trial);

  bool ask_file();
  bool ask_pbx();
  bool ask_host();
  bool ask_extension();
  bool ask_providers();
  bool ask_provider();
  bool ask_others();
  bool ask_of_providers();
  std::string usual_of(const AskedQuestion& question, const Answers& before) const;
  std::string named_in(std::string_view variable, Choices choices, std::string otherwise) const;
  bool ask_prompt();
  bool ask_greeting();
  bool ask_transfer();
  bool ask_companion();
  bool ask_secrets();

  Asker& asker_;
  Trials& trials_;
  const Files& files_;
  const config::Environment& environment_;
  const Options& options_;
  Outcome& outcome_;
  Answers answers_;
};

}  // namespace offhook::inline v0::agent::setup
