#include <offhook/agent/config/schema.hpp>
#include <offhook/agent/config/settings.hpp>
#include <offhook/agent/config/suggestion.hpp>
#include <offhook/tools/commands.hpp>
#include <offhook/tools/completion.hpp>
#include <offhook/tools/help_formatter.hpp>
#include <offhook/tools/help_texts.hpp>
#include <offhook/tools/terminal.hpp>

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <optional>
#include <system_error>

namespace {

using namespace offhook::tools;

/// Adds a command whose function takes `arguments` and returns the exit code.
template <class Arguments>
CLI::App* add(CLI::App& app, const char* name, const char* what, const char* help, int (*function)(const Arguments&),
              const std::shared_ptr<Arguments>& arguments, int& code) {
  auto* command = app.add_subcommand(name, what);
  command->footer(help);
  command->callback([function, arguments, &code] { code = function(*arguments); });
  return command;
}

template <class Arguments>
void add_config(CLI::App* command, Arguments& arguments, const char* names = "-c,--config") {
  command->add_option(names, arguments.config, "JSON file; the environment overrides it")->type_name("FILE");
  command->add_option("--set", arguments.set, "One setting, over file and environment: /sip/port=5070. May be repeated; not for secrets")
      ->type_name("POINTER=VALUE")
      ->take_all()
      ->allow_extra_args(false);
}

void add_calling(CLI::App& app, int& code) {
  auto run_arguments = std::make_shared<RunArguments>();
  auto* run_command = add(app, "run", "Register, answer calls, until SIGTERM or Ctrl-C", kHelpRun, run, run_arguments, code);
  add_config(run_command, *run_arguments);
  run_command->add_flag("--json", run_arguments->json, "The log as JSON, one event a line");

  auto call_arguments = std::make_shared<CallArguments>();
  auto* call_command =
      add(app, "call", "Dial one number or SIP address and hold the conversation with whoever answers", kHelpCall, call, call_arguments, code);
  call_command->add_option("target", call_arguments->target, "sip:USER@HOST, or a number at your registrar")->required();
  add_config(call_command, *call_arguments);
  call_command->add_flag("--json", call_arguments->json, "The conversation as JSON, one event a line");
  call_command->add_flag("--register", call_arguments->registers, "Register first, for a PBX that takes calls of registered telephones alone");
  call_command->add_option("--machine", call_arguments->machine, "When an answering machine takes it: hang_up, speak after its beep, or ignore")
      ->check(CLI::IsMember({"ignore", "hang_up", "speak"}));

  auto calls_arguments = std::make_shared<CallsArguments>();
  auto* calls_command = add(app, "calls", "List the calls of the past, or show one as a conversation", kHelpCalls, calls, calls_arguments, code);
  calls_command->add_option("id", calls_arguments->id, "One call: its id, the beginning of it (4 characters or more), or its SIP Call-ID");
  add_config(calls_command, *calls_arguments);
  calls_command->add_option("--folder", calls_arguments->folder, "Where the records are, when it is not the usual place")->type_name("DIR");
  calls_command->add_option("--since", calls_arguments->since, "Calls from then on: 90m, 12h, 7d, 2026-11-21 or 2026-11-21T09:00:00Z");
  calls_command->add_option("--last", calls_arguments->last, "The newest so many; 0 for all, in the order of the files")
      ->check(CLI::Range(0, 10000))
      ->capture_default_str();
  calls_command->add_flag("--failed", calls_arguments->failed, "Only those never answered, cut, or ended by a fault");
  calls_command->add_flag("--json", calls_arguments->json, "One line of JSON for each call (docs/records.md)");

  auto transcripts_arguments = std::make_shared<TranscriptsArguments>();
  auto* transcripts_command = add(app, "transcripts", "List, show or remove what was said in calls, where that is kept", kHelpTranscripts, transcripts,
                                  transcripts_arguments, code);
  transcripts_command->add_option("what", transcripts_arguments->what, "list, show or purge")
      ->check(CLI::IsMember({"list", "show", "purge"}))
      ->capture_default_str();
  transcripts_command->add_option("call", transcripts_arguments->call, "To show: a call's id, or the beginning of it (4 characters or more)");
  add_config(transcripts_command, *transcripts_arguments);
  transcripts_command->add_option("--folder", transcripts_arguments->folder, "Where the transcripts are, when it is not the usual place")->type_name("DIR");
  transcripts_command->add_option("--last", transcripts_arguments->last, "To list: the newest so many; 0 for all")
      ->check(CLI::Range(0, 10000))
      ->capture_default_str();
  transcripts_command->add_option("--older-than", transcripts_arguments->older_than, "To purge: 30d, 12h or 2026-11-21");
  transcripts_command->add_flag("--json", transcripts_arguments->json, "To show: the lines as they are stored");

  auto erase_arguments = std::make_shared<EraseArguments>();
  auto* erase_command = add(app, "erase", "Erase one call from records, transcripts and recordings", kHelpErase, erase, erase_arguments, code);
  erase_command->add_option("call", erase_arguments->call, "The call's id, as `offhook calls` shows it, or the beginning of it (4 characters or more); or its SIP Call-ID")->required();
  add_config(erase_command, *erase_arguments);
  erase_command->add_flag("--yes", erase_arguments->yes, "Erase it; without this the command only says what it would erase");
  erase_command->add_flag("--json", erase_arguments->json, "The result as one line of JSON");

  auto demo_arguments = std::make_shared<DemoArguments>();
  auto* demo_command =
      add(app, "demo", "A whole call on this machine: registrar, agent, and a second telephone that asks", kHelpDemo, demo, demo_arguments, code);
  demo_command->add_flag("--json", demo_arguments->json, "Print the result as one line of JSON at the end");
  demo_command->add_option("--directory", demo_arguments->directory, "Where the recording and the registrar's log go")
      ->type_name("DIR")
      ->capture_default_str();
}

void add_configuring(CLI::App& app, int& code) {
  auto setup_arguments = std::make_shared<SetupArguments>();
  auto* setup_command = add(app, "setup", "Ask for what is needed, try it, and write a configuration", kHelpSetup, setup, setup_arguments, code);
  setup_command->add_option("--out", setup_arguments->out, "The file to write")->type_name("FILE")->capture_default_str();
  setup_command->add_option("--call", setup_arguments->call, "A number for a test call at the end; `wait` waits to be called; `none` places none");
  setup_command->add_flag("--yes", setup_arguments->yes, "Ask nothing: the environment has the answers");
  setup_command->add_flag("--json", setup_arguments->json, "Ask nothing, and tell the result as one line of JSON");
  setup_command->add_flag("--overwrite", setup_arguments->overwrite, "A file that is there already is written over");
  setup_command->add_flag("--keep-secrets", setup_arguments->keep_secrets, "With --yes: the secrets are written to secrets.env beside the file");

  auto check_arguments = std::make_shared<ConfigArguments>();
  auto* check_command = add(app, "check", "Check a configuration and its dialogue without starting anything", kHelpCheck, check, check_arguments, code);
  add_config(check_command, *check_arguments, "-c,--config,config");
  check_command->add_flag("--json", check_arguments->json, "The result as one line of JSON");
  check_command->add_flag("--online", check_arguments->online, "Ask the PBX and the providers too, without registering; a provider takes some cents at most");

  auto print_arguments = std::make_shared<ConfigArguments>();
  auto* print_command = add(app, "print-config", "Show each setting, its value and where that came from", kHelpPrint, print_config, print_arguments, code);
  add_config(print_command, *print_arguments, "-c,--config,config");
  print_command->add_flag("--json", print_arguments->json, "The table as one line of JSON");

  auto tools_arguments = std::make_shared<ConfigArguments>();
  auto* tools_command = add(app, "tools", "List the tools that servers offer, with the hashes to pin them by", kHelpTools, list_tools, tools_arguments, code);
  add_config(tools_command, *tools_arguments, "-c,--config,config");
  tools_command->add_flag("--json", tools_arguments->json, "The list as one line of JSON");

  auto schema_arguments = std::make_shared<SchemaArguments>();
  auto* schema_command = add(app, "schema", "Print the JSON Schema of the configuration, or of a dialogue", kHelpSchema, schema, schema_arguments, code);
  schema_command->add_option("of", schema_arguments->of, "Which file's")->check(CLI::IsMember({"config", "dialogue"}))->capture_default_str();
  schema_command->add_flag("--markdown", schema_arguments->markdown, "The table of docs/configuration.md instead");
}

void add_voices(CLI::App& app, int& code) {
  auto say_arguments = std::make_shared<SayArguments>();
  auto* say_command = add(app, "say", "Speak a text into a WAV file, as a telephone would send it", kHelpSay, say, say_arguments, code);
  say_command->add_option("text", say_arguments->text, "What to say")->required();
  say_command->add_option("--voice", say_arguments->voice, "Whose voice")->check(CLI::IsMember({"slt", "rms"}))->capture_default_str();
  say_command->add_option("--out", say_arguments->out, "The WAV file to write")->type_name("FILE")->required();
  say_command->add_option("--rate", say_arguments->rate_hz, "Samples per second")->check(CLI::IsMember({8000, 16000}))->capture_default_str();
  say_command->add_option("--lead-ms", say_arguments->lead_ms, "Silence before the text")->check(CLI::Range(0, 600000));
  say_command->add_option("--pad-ms", say_arguments->pad_ms, "Silence behind the text")->check(CLI::Range(0, 600000));

  auto hear_arguments = std::make_shared<HearArguments>();
  auto* hear_command = add(app, "hear", "Recognise a WAV file with the words of a dialogue", kHelpHear, hear, hear_arguments, code);
  hear_command->add_option("file", hear_arguments->file, "The WAV file")->required()->check(CLI::ExistingFile);
  hear_command->add_option("--dialogue", hear_arguments->dialogue, "Dialogue file; default: the receptionist that is shipped")->type_name("FILE");
  hear_command->add_option("--channel", hear_arguments->channel, "0 is the first")->check(CLI::Range(0, 1));
  hear_command->add_flag("--replies", hear_arguments->replies, "Expect what the agent says instead of what callers say");
}

void add_recordings(CLI::App& app, int& code) {
  auto arguments = std::make_shared<RecordingArguments>();
  auto* command = add(app, "recording", "Open a recording that the agent has encrypted", kHelpRecording, recording, arguments, code);
  command->add_option("what", arguments->what, "open, or check: is it whole and unchanged?")
      ->required()
      ->check(CLI::IsMember({"open", "check"}));
  command->add_option("file", arguments->file, "The recording")->required()->check(CLI::ExistingFile);
  command->add_option("--out", arguments->out, "To open: the file to write; nothing is written over")->type_name("FILE");
  command->add_option("--key-file", arguments->key_file, "Holds the key; without it OFFHOOK_RECORDING_KEY does")->type_name("FILE");
  command->add_flag("--cut", arguments->cut, "Give what there is of a file whose end is missing");
}

/// Returns the values in an option's type: "TEXT:{slt,rms}" has two.
std::vector<std::string> values_of(const std::string& type) {
  const auto open = type.find('{'), close = type.find('}', open == std::string::npos ? 0 : open);
  if (open == std::string::npos || close == std::string::npos) return {};
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

CompletionOption describe(const CLI::Option& option) {
  CompletionOption out;
  for (const std::string& name : option.get_snames()) out.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) out.names.push_back("--" + name);
  out.help = option.get_description();
  out.takes_value = option.get_items_expected_max() > 0;
  const std::string type = option.get_type_name();
  out.is_file = type.find("FILE") != std::string::npos || type.find("DIR") != std::string::npos;
  out.values = values_of(type);
  if (option.check_lname("set")) {
    out.ends_in_equals = true;
    for (const auto& setting : offhook::agent::config::settings()) {
      if (!setting.is_secret()) out.values.push_back(pointer_of(setting) + "=");
    }
  }
  return out;
}

std::vector<CompletionCommand> command_tree(const CLI::App& app) {
  std::vector<CompletionCommand> tree;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    CompletionCommand out{command->get_name(), command->get_description(), {}};
    for (const CLI::Option* option : command->get_options()) {
      out.options.push_back(describe(*option));
      if (option->get_positional() && !out.options.back().names.empty()) {  // It may also be given without its name.
        CompletionOption argument = out.options.back();
        argument.names.clear();
        out.options.push_back(std::move(argument));
      }
    }
    tree.push_back(std::move(out));
  }
  return tree;
}

void add_completion(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  auto* command = app.add_subcommand("completion", "Print a script that completes our commands in your shell");
  command->footer(kHelpCompletion);
  command->add_option("shell", *shell, "Which shell")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([shell, &app] {
    const auto tree = command_tree(app);
    const std::string script = *shell == "bash" ? bash_completion(tree) : *shell == "zsh" ? zsh_completion(tree) : fish_completion(tree);
    std::fputs(script.c_str(), stdout);
  });
}

/// Assigns each command to a heading in --help and in the overview.
void group_commands(CLI::App& app) {
  const auto put = [&app](const char* group, std::initializer_list<const char*> commands) {
    for (const char* command : commands) app.get_subcommand(command)->group(group);
  };
  put("Take and make calls", {"run", "call"});
  put("Look back at calls, and erase them", {"calls", "transcripts", "recording", "erase"});
  put("Try, set up and check", {"demo", "setup", "check", "print-config", "tools", "schema"});
  put("Write dialogues, and complete commands in a shell", {"say", "hear", "completion"});
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) names.push_back(command->get_name());
  return names;
}

/// Returns the first argument if it is not the name of a command.
std::optional<std::string> mistaken_command(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return std::nullopt;
  const auto names = command_names(app);
  return std::find(names.begin(), names.end(), argv[1]) == names.end() ? std::optional<std::string>(argv[1]) : std::nullopt;
}

int refuse_command(const CLI::App& app, const std::string& written) {
  const auto names = command_names(app);
  const auto meant = offhook::agent::config::nearest(written, {names.begin(), names.end()});
  if (meant) std::fprintf(stderr, "offhook: there is no such command: did you mean \"offhook %s\"?\n", std::string(*meant).c_str());
  else std::fprintf(stderr, "offhook: there is no such command: offhook --help lists them\n");
  return kUsage;
}

/// Names the unknown options, but prints no values: one may be a password.
int refuse_extras(const CLI::App& app) {
  std::vector<std::string> known;
  const CLI::App* command = &app;
  for (const CLI::App* chosen : app.get_subcommands()) command = chosen;
  for (const CLI::Option* option : command->get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  const std::string name = command == &app ? "offhook" : "offhook " + command->get_name();
  for (const std::string& extra : app.remaining(true)) {
    const std::string option = extra.substr(0, extra.find('='));
    const auto meant = option.starts_with("--") ? offhook::agent::config::nearest(option, {known.begin(), known.end()}) : std::nullopt;
    std::fprintf(stderr, "%s: %s%s\n", name.c_str(), option.starts_with("--") ? "an unknown option" : "an argument too much",
                 meant ? (": did you mean " + std::string(*meant) + "?").c_str() : "");
  }
  std::fprintf(stderr, "%s --help tells what it takes.\n", name.c_str());
  return kUsage;
}

/// Prints the overview to standard error and returns a failure: a script that lacks its command has a mistake.
int show_overview(const CLI::App& app) {
  std::fputs(HelpFormatter(terminal_of(STDERR_FILENO).columns).overview(app).c_str(), stderr);
  return kUsage;
}

/// Reports that the output is incomplete: the disk is full, or the reader has closed the pipe.
int refuse_output(const std::string& why) {
  std::fprintf(stderr, "offhook: the output cannot be written: %s\n", why.c_str());
  return kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{kHelpAbout};
  app.name("offhook");
  app.formatter(std::make_shared<HelpFormatter>(terminal_of(STDOUT_FILENO).columns));
  app.footer(kHelpFirstSteps + (kHelpTop + offhook::agent::config::environment_help()));
  app.set_version_flag("--version", "offhook " OFFHOOK_VERSION);
  app.require_subcommand(1);
  int code = kOk;
  add_calling(app, code);
  add_configuring(app, code);
  add_voices(app, code);
  add_recordings(app, code);
  add_completion(app);
  group_commands(app);
  if (argc < 2) return show_overview(app);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ExtrasError&) {
    return refuse_extras(app);
  } catch (const CLI::ParseError& error) {
    if (const auto mistaken = mistaken_command(app, argc, argv)) return refuse_command(app, *mistaken);
    const int shown = app.exit(error);  // Prints help, or the error with a hint.
    return shown == 0 ? kOk : kUsage;
  } catch (const std::system_error& error) {
    return refuse_output(error.code().message());
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) return refuse_output(std::strerror(errno));
  return code;
}
