#include <offhook/agent/setup/answer_checks.hpp>

#include <offhook/agent/config/nested.hpp>
#include <offhook/agent/config/reference.hpp>
#include <offhook/agent/prompts/prompt_file.hpp>
#include <offhook/agent/providers/embedded/dialogue.hpp>
#include <offhook/agent/setup/written_files.hpp>
#include <offhook/base/text.hpp>

#include <utility>

namespace offhook::inline v0::agent::setup {

namespace {

using config::Complaint;
using Taken = base::Result<std::string, Complaint>;

bool is_none(const std::string& answer) { return answer.empty() || base::iequals(answer, "none"); }

/// Applies `check` to the answer, and checks the variables in it (docs/prompts.md).
Taken template_of(const Check& check, const std::string& answer) {
  auto taken = check(answer);
  if (!taken) return taken;
  const auto parsed = prompts::PromptTemplate::parse(answer);
  if (parsed) return taken;
  return base::fail(Complaint{parsed.error().found, "a text with variables that are known (docs/prompts.md)", parsed.error().advice});
}

}  // namespace

Check as_setting(std::string_view pointer) {
  const config::Setting* setting = config::find_setting(pointer);
  if (setting == nullptr) setting = config::find_inner(pointer)->setting;
  return [setting](const std::string& answer) -> Taken {
    const auto checked = config::check(*setting, json_text(answer));
    if (!checked) return base::fail(checked.error());
    return answer;
  };
}

Check as_host() {
  return [check = as_setting("/sip/host")](const std::string& answer) -> Taken {
    const auto split = config::split_host(answer);
    if (!split) return base::fail(split.error());
    const auto host = check(std::string(split->host));
    if (!host) return base::fail(host.error());
    return answer;
  };
}

Check as_choice(Choices choices) {
  return [choices](const std::string& answer) -> Taken {
    std::string name = lowered(answer);
    if (is_one_of(choices, name)) return name;
    return base::fail(Complaint{"another word", list_of(choices), "write one of them"});
  };
}

Check as_other(Choices choices, const std::string& itself) {
  return [check = as_choice(choices), itself](const std::string& answer) { return base::iequals(answer, itself) ? itself : check(answer); };
}

Check as_secret(Check check, config::Sources sources) {
  return [check = std::move(check), sources = std::move(sources)](const std::string& answer) -> Taken {
    if (!config::is_reference(answer)) return check(answer);
    const auto resolved = config::resolve(answer, sources);
    if (!resolved) return base::fail(resolved.error());
    const auto taken = check(resolved->text);
    if (!taken) return base::fail(taken.error());
    return answer;
  };
}

Check as_prompt(const Files& files) {
  return [&files, check = as_setting("/agent/prompt")](const std::string& answer) -> Taken {
    const std::string allowed = "a text, or one of " + list_of(kPrompts);
    if (auto name = as_choice(kPrompts)(answer)) {
      const auto file = shipped_prompt(*name, files);
      if (file) return name;
      return base::fail(Complaint{"a prompt whose file cannot be read (" + file.error() + ")", allowed, "write a text"});
    }
    if (answer.find(' ') == std::string::npos) return base::fail(Complaint{"one word that names no prompt", allowed, "write whole sentences"});
    return template_of(check, answer);
  };
}

Check as_greeting() {
  return [check = as_setting("/agent/greeting")](const std::string& answer) -> Taken {
    if (is_none(answer)) return std::string();
    return template_of(check, answer);
  };
}

Check as_transfer_target(const Answers& answers, const Files& files) {
  return [&files, answers, check = as_setting("/agent/fallback/transfer_to")](const std::string& answer) -> Taken {
    if (is_none(answer)) return std::string();
    if (answer == answers.extension) return base::fail(Complaint{"the agent's own extension", "the extension of a person, a ring group or a queue", "write another one"});
    auto taken = check(answer);
    if (!taken || has_model(answers)) return taken;
    Answers with_target = answers;
    with_target.transfer_to = answer;
    const auto text = companion_text(*companion_of(with_target), with_target, files);
    const auto dialogue = embedded::parse_dialogue(text ? *text : "");
    if (dialogue) return taken;
    const std::string why = text ? dialogue.error().detail : text.error();
    return base::fail(Complaint{"a target that the dialogue does not accept (" + why + ")", "a number such as 6010, or none", "write a number"});
  };
}

}  // namespace offhook::inline v0::agent::setup
