#pragma once

#include <offhook/agent/setup/answers.hpp>
#include <offhook/agent/setup/setup.hpp>

#include <cstddef>
#include <string>

namespace offhook::inline v0::agent::setup {

/// Tries answers: as a configuration, and on the network. Each trial becomes a step of the outcome, and the person sees it at once.
/// An interrupted trial becomes none, and ends the outcome.
class Trials {
 public:
  /// All of these must outlive it.
  Trials(Asker* asker, Prober& prober, const Files& files, const config::Environment& environment, const Options& options, Outcome& outcome)
      : asker_(asker), prober_(prober), files_(files), environment_(environment), options_(options), outcome_(outcome) {}

  /// Reads the configuration as `offhook check` does, with the files beside it that are not yet written.
  [[nodiscard]] config::Effective read(const Answers& answers) const;

  /// Adds a step that needs no network.
  void step(std::string name, Finding finding);
  void check(const Answers& answers);
  void resolve(const Answers& answers);
  /// Only when the host was found.
  void register_at(const Answers& answers);
  /// The keys of the providers that were asked for one, when the configuration can be used.
  void keys(const Answers& answers);
  void call(const config::Config& config, const std::string& number);

  [[nodiscard]] std::size_t count() const { return outcome_.steps.size(); }
  /// True when each step from the one with the number `first` is good.
  [[nodiscard]] bool all_good(std::size_t first) const;
  /// Forgets the steps from `first`: the person gave other answers.
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
