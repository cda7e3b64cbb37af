#pragma once

#include <offhook/agent/setup/answers.hpp>
#include <offhook/agent/setup/setup.hpp>

#include <cstddef>
#include <string>

namespace offhook::inline v0::agent::setup {

/// Tries the answers as a configuration, and on the network. Each trial adds a step to the outcome, and shows it to the person at once. A trial that
/// the person interrupts adds no step, and sets Outcome::ended.
class Trials {
 public:
  /// All arguments must outlive the object.
  Trials(Asker* asker, Prober& prober, const Files& files, const config::Environment& environment, const Options& options, Outcome& outcome)
      : asker_(asker), prober_(prober), files_(files), environment_(environment), options_(options), outcome_(outcome) {}

  /// Reads the configuration as `offhook check` does, together with the companion files that are not written yet.
  [[nodiscard]] config::Effective read(const Answers& answers) const;

  /// Adds a step whose finding is already known, and shows it.
  void step(std::string name, Finding finding);
  void check(const Answers& answers);
  void resolve(const Answers& answers);
  /// Tries to register. Does nothing when the host was not found.
  void register_at(const Answers& answers);
  /// If the configuration can be used, tries the keys of the providers about which setup asked.
  void keys(const Answers& answers);
  void call(const config::Config& config, const std::string& number);

  [[nodiscard]] std::size_t count() const { return outcome_.steps.size(); }
  /// Returns true if each step from index `first` on is good.
  [[nodiscard]] bool all_good(std::size_t first) const;
  /// Removes the steps from index `first` on. Call it when the person will answer the same questions again.
  void forget(std::size_t first);

 private:
  void tried(std::string name, Finding finding);

  Asker* asker_;
  Prober& prober_;
  const Files& files_;
  const config::Environment& environment_;
  const Options& options_;
  Outcome& outcome_;
};

}  // namespace offhook::inline v0::agent::setup
