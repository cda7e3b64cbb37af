#include <offhook/agent/agents/draft.hpp>

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/settings.hpp>
#include <offhook/agent/prompts/prompt_file.hpp>
#include <offhook/agent/providers/provider.hpp>

namespace offhook::inline v0::agent {

namespace {

using prompts::PromptFault;
using prompts::PromptTemplate;

void report_fault(Draft& draft, const std::string& where, const PromptFault& fault) {
  draft.report({where, fault.found + " in line " + std::to_string(fault.line),
              "a text with variables that are known (docs/prompts.md)", fault.advice});
}

PromptTemplate template_of(Draft& draft, const char* name, const std::string& text) {
  auto parsed = PromptTemplate::parse(text);
  if (parsed) return *std::move(parsed);
  report_fault(draft, draft.where(name), parsed.error());
  return {};
}

std::optional<prompts::PromptFile> read_prompt_file(Draft& draft) {
  const std::string path = config::beside(draft.sources().config_path, draft.settings().prompt_file);
  const auto text = draft.sources().files
                        ? draft.sources().files(path, prompts::kMaxTemplateBytes)
                        : base::Result<config::FileText, std::string>(base::fail(std::string("this program does not read files that a configuration names")));
  const std::string where = draft.where("prompt_file");
  if (!text) {
    draft.report({where, "a file that cannot be read (" + text.error() + ")", "a Markdown file of at most 128 KiB",
                "check the path: it starts at the folder of the configuration file"});
    return std::nullopt;
  }
  auto file = prompts::parse_prompt_file(text->text);
  if (file) return *std::move(file);
  draft.report({where, file.error().found + " in line " + std::to_string(file.error().line) + " of the file",
              "a prompt as docs/prompts.md describes", file.error().advice});
  return std::nullopt;
}

/// Takes a value of a prompt file's head, if the configuration does not set it.
void take_from_head(Draft& draft, const char* name, const std::optional<std::string>& said, std::string& out) {
  if (!said || !out.empty()) return;
  const auto checked = config::check(*config::find_setting("agent", name), json_text(*said));
  if (checked)
    out = *said;
  else
    draft.report({draft.where("prompt_file"), checked.error().found + " for " + name + " in the head of the file",
                checked.error().allowed, "correct the head of the file"});
}

/// Returns true when the agent uses prompt_file. If prompt and prompt_file come from two sources, such as the variable PROMPT and the
/// configuration file, the stronger source counts. If one source has both settings, that is a problem.
bool uses_file(Draft& draft) {
  const auto& settings = draft.settings();
  if (settings.prompt.empty() || settings.prompt_file.empty()) return !settings.prompt_file.empty();
  const auto source_of = [&draft](const char* name) {
    const auto* setting = config::find_setting("agent", name);
    return draft.effective().origins[config::index_of(*setting)].source;
  };
  if (!draft.says("prompt") && source_of("prompt") != source_of("prompt_file")) return source_of("prompt_file") > source_of("prompt");
  draft.report({draft.where("prompt_file"), "a prompt twice, in a text and in a file", "one of prompt and prompt_file",
              "remove one of them"});
  return false;
}

/// The greeting in a prompt file's head applies when the configuration has none. An agent that plays a greeting file of its own does not
/// inherit the greeting of /agent, because those words differ from the words in its file.
void draft_greeting(Draft& draft, std::optional<PromptTemplate> head, AgentProfile& out) {
  const auto& settings = draft.settings();
  const bool plays_own = draft.says("greeting_file") && !settings.greeting_file.empty() && settings.greeting_file != "off";
  if (plays_own && !(draft.says("greeting") && !settings.greeting.empty())) {
    if (head && draft.says("prompt_file")) out.greeting = *std::move(head);
    return;
  }
  if (!settings.greeting.empty() || !head)
    out.greeting = template_of(draft, "greeting", settings.greeting);
  else
    out.greeting = *std::move(head);
}

}  // namespace

void draft_prompt(Draft& draft, AgentProfile& out) {
  const auto& settings = draft.settings();
  std::optional<std::vector<std::string>> tools;
  std::optional<PromptTemplate> greeting;
  if (uses_file(draft)) {
    if (auto file = read_prompt_file(draft)) {
      out.prompt = std::move(file->prompt);
      greeting = std::move(file->greeting);
      tools = std::move(file->tools);
      take_from_head(draft, "voice", file->voice, out.voice);
      take_from_head(draft, "language", file->language, out.language);
    }
  } else {
    out.prompt = template_of(draft, "prompt", settings.prompt);
  }
  out.instructions = template_of(draft, "instructions", settings.instructions);
  draft_greeting(draft, std::move(greeting), out);
  draft_tools(draft, tools, out);
  if (has_language_model(out)) return;
  for (const auto& [name, text] : {std::pair{"prompt", &settings.prompt}, std::pair{"prompt_file", &settings.prompt_file},
                                   std::pair{"instructions", &settings.instructions}}) {
    if (!text->empty())
      draft.warn({draft.says(name) ? draft.where(name) : "/agent/" + std::string(name), "the provider local does not read it"});
  }
}

}  // namespace offhook::inline v0::agent
