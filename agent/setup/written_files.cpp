#include <offhook/agent/setup/written_files.hpp>

#include <offhook/agent/config/nested.hpp>
#include <offhook/agent/config/reference.hpp>
#include <offhook/agent/prompts/prompt_template.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::setup {

namespace {

constexpr std::string_view kDialogueName = "receptionist.json";

using Members = std::vector<std::pair<std::string, JsonValue>>;

/// Returns `secret` unchanged if it is a reference. Otherwise returns a reference to `variable`.
JsonValue reference_to(const Secret& secret, std::string_view variable) {
  return json_text(config::is_reference(secret.reveal()) ? secret.reveal() : "${" + std::string(variable) + "}");
}

/// Returns the path of the question's setting in the configuration.
std::vector<std::string> steps_in_file(const AskedQuestion& question) {
  return config::steps_of("/providers/" + std::string(question.kind->name) + std::string(question.pointer));
}

/// Returns the default of the question's setting; "" if the setting has no default.
std::string usual_value(const AskedQuestion& question) {
  for (const CompletedSetting& each : question.kind->config.completed) {
    if (each.pointer == question.pointer && each.usual != nullptr) return each.usual({});
  }
  return "";
}

JsonValue sip_of(const Answers& answers) {
  Members sip{{"extension", json_text(answers.extension)}, {"password", reference_to(answers.password, "SIP_PASSWORD")}};
  const auto split = config::split_host(answers.host);
  sip.emplace_back("host", json_text(split ? split->host : std::string_view(answers.host)));
  if (split && split->port != 0) sip.emplace_back("port", json_integer(split->port));
  return json_object(std::move(sip));
}

/// Returns the tools of the model: hang_up and note, because the installed prompts need them, and transfer if the person gave a target.
JsonValue tools_of(const Answers& answers) {
  JsonValue tools = json_list({"hang_up", "note"});
  if (!answers.transfer_to.empty())
    tools.items.push_back(json_object({{"name", json_text("transfer")}, {"destinations", json_object({{"person", json_text(answers.transfer_to)}})}}));
  return tools;
}

JsonValue agent_of(const Answers& answers) {
  Members agent{{"provider", json_text(answers.provider)}};
  const auto add = [&agent](const char* name, const std::string& text) {
    if (!text.empty()) agent.emplace_back(name, json_text(text));
  };
  add("model_provider", answers.model_provider);
  add("speech_provider", answers.speech_provider);
  const auto companion = companion_of(answers);
  if (companion) add(has_model(answers) ? "prompt_file" : "dialogue", companion->name);
  else add("prompt", answers.prompt);
  add("greeting", answers.greeting);
  if (has_model(answers) && !answers.prompt.empty()) agent.emplace_back("tools", tools_of(answers));
  if (!answers.transfer_to.empty()) agent.emplace_back("fallback", json_object({{"transfer_to", json_text(answers.transfer_to)}}));
  return json_object(std::move(agent));
}

/// Sets each member "to" of `value` and of its inner values to `target`. In a dialogue, only a transfer has such a member.
void set_targets(JsonValue& value, const std::string& target) {
  for (auto& [name, inner] : value.members) {
    if (name == "to" && inner.kind == JsonValue::Kind::Text) inner.text = target;
    else set_targets(inner, target);
  }
  for (JsonValue& item : value.items) set_targets(item, target);
}

/// Returns the value in a form that systemd and a shell read in the same way (systemd.exec(5), EnvironmentFile=): plain, or in double
/// quotes. Single quotes could not contain a single quote.
std::string quoted(const std::string& value) {
  const auto is_plain = [](char c) { return base::is_alpha(c) || base::is_digit(c) || std::string_view("-_./:@+=,").find(c) != std::string_view::npos; };
  if (std::all_of(value.begin(), value.end(), is_plain)) return value;
  std::string text = "\"";
  for (const char c : value) text += (std::string_view("\"\\`$").find(c) == std::string_view::npos ? "" : "\\") + std::string(1, c);
  return text + "\"";
}

}  // namespace

base::Result<config::FileText, std::string> shipped_prompt(std::string_view name, const Files& files) {
  return files.read(files.share_path("prompts/" + std::string(name) + ".md"), prompts::kMaxTemplateBytes);
}

std::optional<Companion> companion_of(const Answers& answers) {
  if (has_model(answers) && is_one_of(kPrompts, answers.prompt)) return Companion{answers.prompt + ".md", "prompts/" + answers.prompt + ".md"};
  if (!has_model(answers) && !answers.transfer_to.empty()) return Companion{std::string(kDialogueName), "dialogues/receptionist.json"};
  return std::nullopt;
}

bool is_written_beside(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);  // The whole path when it has no '/'.
  const auto is_prompt = [name](std::string_view prompt) { return name == std::string(prompt) + ".md"; };
  return name == kSecretsFile || name == kDialogueName || std::any_of(kPrompts.begin(), kPrompts.end(), is_prompt);
}

base::Result<std::string, std::string> companion_text(const Companion& companion, const Answers& answers, const Files& files) {
  const std::string path = files.share_path(companion.shipped);
  const auto file = files.read(path, prompts::kMaxTemplateBytes);
  if (!file) return base::fail(path + " cannot be read (" + file.error() + ")");
  if (!companion.name.ends_with(".json")) return file->text;
  std::vector<Problem> problems;
  auto dialogue = read_json(file->text, path, problems);
  if (!dialogue || !problems.empty()) return base::fail(path + " is not a valid dialogue");
  set_targets(*dialogue, answers.transfer_to);
  return write_json(*dialogue, 2) + "\n";
}

std::string configuration_of(const Answers& answers) {
  JsonValue file = json_object({{"sip", sip_of(answers)}, {"agent", agent_of(answers)}});
  // Without this explicit default, the service would read the variable, whose value is for the other provider.
  for (const AskedQuestion& question : provider_questions()) {
    if (const std::string usual = is_anothers(question, answers) ? usual_value(question) : ""; !usual.empty()) config::put_inner(file, steps_in_file(question), json_text(usual));
  }
  for (const auto& [question, value] : answers.of_provider) {
    config::put_inner(file, steps_in_file(*question), question->is_secret ? reference_to(value, question->variable) : json_text(value.reveal()));
  }
  return write_json(file, 2) + "\n";
}

std::string secrets_file_of(const Answers& answers, std::string_view existing) {
  const auto secrets = secrets_of(answers);
  std::string text;
  while (!existing.empty()) {
    const auto end = std::min(existing.find('\n'), existing.size());
    const std::string_view line = existing.substr(0, end);
    const auto is_of_line = [line](const auto& secret) { return line.starts_with(std::string(secret.first) + "="); };
    if (std::none_of(secrets.begin(), secrets.end(), is_of_line)) text += std::string(line) + "\n";
    existing.remove_prefix(std::min(end + 1, existing.size()));
  }
  for (const auto& [variable, value] : secrets) text += std::string(variable) + "=" + quoted(value.reveal()) + "\n";
  return text;
}

}  // namespace offhook::inline v0::agent::setup
