#pragma once

#include <offhook/agent/setup/setup.hpp>
#include <offhook/agent/providers/openai/provider.hpp>

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>

/// A run of setup with a simulated person, network and disk.
namespace offhook_test {

namespace setup = offhook::agent::setup;
namespace config = offhook::agent::config;
using offhook::agent::ProviderProfile;

/// Gives the test's answers in order, and then ends the input. The answer kCtrlC interrupts setup.
class ScriptedPerson : public setup::Asker {
 public:
  static constexpr const char* kCtrlC = "\x03";

  explicit ScriptedPerson(std::deque<std::string> answers) : answers_(std::move(answers)) {}
  offhook::base::Result<std::string, setup::Ended> ask(const setup::Question& question) override {
    asked += question.text + "\n";
    usual = question.usual;
    if (question.is_secret) secrets += question.text + "\n";
    if (answers_.empty()) return offhook::base::fail(setup::Ended::EndOfInput);
    auto answer = answers_.front();
    answers_.pop_front();
    if (answer == kCtrlC) return offhook::base::fail(setup::Ended::Interrupted);
    return answer;
  }
  void say(std::string_view line) override { heard += std::string(line) + "\n"; }

  std::string asked, secrets, heard;
  std::string usual;  ///< default answer of the last question

 private:
  std::deque<std::string> answers_;
};

/// A network in which every trial succeeds, except the trials that the test names.
class ScriptedNetwork : public setup::Prober {
 public:
  setup::Finding resolve(const std::string& host) override { return tried("resolve " + host); }
  setup::Finding register_at(const config::Config& config) override {
    return tried("register " + config.sip.extension + " " + std::to_string(config.sip.port) + (config.sip.password.reveal() == "wrong" ? " with the wrong secret" : ""));
  }
  setup::Finding try_key(const ProviderProfile& provider) override { return tried("key " + provider.base_url + (provider.kind != &offhook::agent::openai::kOpenAi || provider.api_key.reveal() == "sk-canary" ? "" : " wrong")); }
  setup::Finding call(const config::Config&, const std::string& number, const std::function<void()>& on_ready) override {
    if (number.empty()) on_ready();
    return tried("call " + number);
  }
  bool is_interrupted() override { return !interrupted_in.empty() && all.find(interrupted_in) != std::string::npos; }

  std::string all;
  std::string bad = "nothing";  ///< each trial whose line begins with this text fails
  std::string answer;           ///< text of the other side's answer to each trial
  std::string interrupted_in;   ///< part of the line of the trial that the person interrupts; "": none

 private:
  setup::Finding tried(const std::string& what) {
    all += what + "\n";
    return {!what.starts_with(bad) && what.find("wrong secret") == std::string::npos, what + answer};
  }
};

struct Desk {
  std::map<std::string, std::string> disk;
  std::map<std::string, setup::Readers> readers;
  ScriptedNetwork network;
  std::map<std::string, std::string> variables;
  bool has_share = true;  ///< false: no file of share/ can be read

  setup::Outcome run(setup::Asker* person, const setup::Options& options = {}) {
    const setup::Files files{
        [this](const std::string& path) { return disk.contains(path); },
        [this](const std::string& path, std::size_t most) -> offhook::base::Result<config::FileText, std::string> {
          const auto found = disk.find(path);
          if (found == disk.end() && !has_share) return offhook::base::fail(std::string("it is not there"));
          if (found == disk.end()) return config::disk_files()(path, most);
          if (found->second.size() > most) return offhook::base::fail(std::string(config::kFileTooLarge));
          return config::FileText{found->second, false};
        },
        [](const std::string& name) { return "share/" + name; },
        [this](const std::string& path, const std::string& text, setup::Readers who) {
          if (path.find("full") != std::string::npos) return std::string("no room");
          disk[path] = text;
          readers[path] = who;
          return std::string();
        }};
    return setup::run(person, network, files, environment(), options);
  }
  [[nodiscard]] config::Environment environment() const {
    return [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
  }
};

}  // namespace offhook_test
