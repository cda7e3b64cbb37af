#include <offhook/agent/config/schema.hpp>
#include <offhook/agent/config/settings.hpp>
#include <offhook/agent/support/suggestion.hpp>
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
  command->add_option("--set", arguments.set, "One setting, which overrides file and environment: /sip/port=5070. May be repeated; not for secrets")
      ->type_name("POINTER=VALUE")
      ->take_all()
      ->allow_extra_args(false);
}

void add_wire(CLI::App* command, WireArguments& arguments) {
  command->add_option("--trace", arguments.trace, "Print each SIP message on standard error, without passwords: sip")
      ->check(CLI::IsMember({"sip"}));
  auto* capture = command->add_option("--capture", arguments.capture, "Write each SIP message to a file for Wireshark (pcapng), without passwords")->type_name("FILE");
  command->add_flag("--capture-media", arguments.capture_media, "Also write RTCP, and the headers of RTP, STUN and DTLS to this file, without audio")->needs(capture);
}

void add_calling(CLI::App& app, int& code) {
  auto run_arguments = std::make_shared<RunArguments>();
  auto* run_command = add(app, "run", "Register and answer calls, until SIGTERM or Ctrl-C", kHelpRun, run, run_arguments, code);
  add_config(run_command, *run_arguments);
  run_command->add_flag("--json", run_arguments->json, "Print the log as JSON, one event a line");
  add_wire(run_command, run_arguments->wire);

  auto call_arguments = std::make_shared<CallArguments>();
  auto* call_command =
      add(app, "call", "Call a number or SIP address, and hold the conversation", kHelpCall, call, call_arguments, code);
  call_command->add_option("target", call_arguments->target, "sip:USER@HOST, or a number at your registrar")->required();
  add_config(call_command, *call_arguments);
  call_command->add_flag("--json", call_arguments->json, "Print the conversation as JSON, one event a line");
  call_command->add_flag("--register", call_arguments->registers, "Register first, for a PBX that accepts calls only from registered telephones");
  call_command->add_option("--machine", call_arguments->machine, "What to do if an answering machine answers: ignore (default), hang_up, or speak (after the beep)")
      ->check(CLI::IsMember({"ignore", "hang_up", "speak"}));
  add_wire(call_command, call_arguments->wire);

  auto calls_arguments = std::make_shared<CallsArguments>();
  auto* calls_command = add(app, "calls", "List past calls, or show one as a conversation", kHelpCalls, calls, calls_arguments, code);
  calls_command->add_option("id", calls_arguments->id, "One call: its id, the beginning of it (4 characters or more), or its SIP Call-ID");
  add_config(calls_command, *calls_arguments);
  calls_command->add_option("--folder", calls_arguments->folder, "The folder of the records, if it is not the default folder")->type_name("DIR");
  calls_command->add_option("--since", calls_arguments->since, "Only calls of the last 90m, 12h or 7d, or since 2026-11-21 or 2026-11-21T09:00:00Z");
  calls_command->add_option("--last", calls_arguments->last, "Show this number of newest calls; 0: all calls, in the order of the files")
      ->check(CLI::Range(0, 10000))
      ->capture_default_str();
  calls_command->add_flag("--failed", calls_arguments->failed, "Only calls that were never answered, were cut, or ended by a fault");
  calls_command->add_flag("--json", calls_arguments->json, "One line of JSON for each call (docs/records.md)");

  auto transcripts_arguments = std::make_shared<TranscriptsArguments>();
  auto* transcripts_command = add(app, "transcripts", "List, show or remove the transcripts of calls", kHelpTranscripts, transcripts,
                                  transcripts_arguments, code);
  transcripts_command->add_option("what", transcripts_arguments->what, "list, show or purge")
      ->check(CLI::IsMember({"list", "show", "purge"}))
      ->capture_default_str();
  transcripts_command->add_option("call", transcripts_arguments->call, "For show: a call's id, or the beginning of it (4 characters or more)");
  add_config(transcripts_command, *transcripts_arguments);
  transcripts_command->add_option("--folder", transcripts_arguments->folder, "The folder of the transcripts, if it is not the default folder")->type_name("DIR");
  transcripts_command->add_option("--last", transcripts_arguments->last, "For list: show this number of newest calls; 0: all calls")
      ->check(CLI::Range(0, 10000))
      ->capture_default_str();
  transcripts_command->add_option("--older-than", transcripts_arguments->older_than, "For purge: the age or day of the oldest files that stay: 30d, 12h or 2026-11-21");
  transcripts_command->add_flag("--json", transcripts_arguments->json, "For show: the lines as they are stored");

  auto erase_arguments = std::make_shared<EraseArguments>();
  auto* erase_command = add(app, "erase", "Erase one call from records, transcripts and recordings", kHelpErase, erase, erase_arguments, code);
  erase_command->add_option("call", erase_arguments->call, "The call's id, as `offhook calls` shows it, or the beginning of it (4 characters or more); or its SIP Call-ID")->required();
  add_config(erase_command, *erase_arguments);
  erase_command->add_flag("--yes", erase_arguments->yes, "Erase the call; without this option, the command only shows what it would erase");
  erase_command->add_flag("--json", erase_arguments->json, "The result as one line of JSON");

  auto demo_arguments = std::make_shared<DemoArguments>();
  auto* demo_command =
      add(app, "demo", "Run a whole call on this machine: registrar, agent, and a caller with questions", kHelpDemo, demo, demo_arguments, code);
  demo_command->add_flag("--json", demo_arguments->json, "Print the result as one line of JSON at the end");
  demo_command->add_option("--directory", demo_arguments->directory, "The folder for the recording and the registrar's log")
      ->type_name("DIR")
      ->capture_default_str();
  demo_command->add_option("--web", demo_arguments->web, "Serve a page with which a browser calls the agent, until Ctrl-C")
      ->type_name("[ADDRESS:]PORT")
      ->expected(0, 1)
      ->default_str("127.0.0.1:8443")
      ->excludes("--json")
      ->excludes("--directory");
}

void add_configuring(CLI::App& app, int& code) {
  auto setup_arguments = std::make_shared<SetupArguments>();
  auto* setup_command = add(app, "setup", "Ask for the necessary settings, test them, and write a configuration", kHelpSetup, setup, setup_arguments, code);
  setup_command->add_option("--out", setup_arguments->out, "The file to write")->type_name("FILE")->capture_default_str();
  setup_command->add_option("--call", setup_arguments->call, "A number for a test call at the end; `wait`: you call the agent; `none`: no test call");
  setup_command->add_flag("--yes", setup_arguments->yes, "Ask nothing: the environment has the answers");
  setup_command->add_flag("--json", setup_arguments->json, "Ask nothing, and print the result as one line of JSON");
  setup_command->add_flag("--overwrite", setup_arguments->overwrite, "Overwrite an existing file");
  setup_command->add_flag("--keep-secrets", setup_arguments->keep_secrets, "With --yes: write the secrets to secrets.env beside the file");

  auto check_arguments = std::make_shared<ConfigArguments>();
  auto* check_command = add(app, "check", "Check a configuration and its dialogue without starting anything", kHelpCheck, check, check_arguments, code);
  add_config(check_command, *check_arguments, "-c,--config,config");
  check_command->add_flag("--json", check_arguments->json, "The result as one line of JSON");
  check_command->add_flag("--online", check_arguments->online, "Test the PBX and the providers too, without registering; a provider charges some cents at most");

  auto print_arguments = std::make_shared<ConfigArguments>();
  auto* print_command = add(app, "print-config", "Show each setting, its value and the source of the value", kHelpPrint, print_config, print_arguments, code);
  add_config(print_command, *print_arguments, "-c,--config,config");
  print_command->add_flag("--json", print_arguments->json, "The table as one line of JSON");

  auto tools_arguments = std::make_shared<ConfigArguments>();
  auto* tools_command = add(app, "tools", "List the tools that servers offer, with the hashes to pin them by", kHelpTools, list_tools, tools_arguments, code);
  add_config(tools_command, *tools_arguments, "-c,--config,config");
  tools_command->add_flag("--json", tools_arguments->json, "The list as one line of JSON");

  auto schema_arguments = std::make_shared<SchemaArguments>();
  auto* schema_command = add(app, "schema", "Print the JSON Schema of the configuration, or of a dialogue", kHelpSchema, schema, schema_arguments, code);
  schema_command->add_option("of", schema_arguments->of, "The file that the schema describes")->check(CLI::IsMember({"config", "dialogue"}))->capture_default_str();
  schema_command->add_flag("--markdown", schema_arguments->markdown, "Print the table of docs/configuration.md instead");
}

void add_voices(CLI::App& app, int& code) {
  auto say_arguments = std::make_shared<SayArguments>();
  auto* say_command = add(app, "say", "Speak a text into a WAV file, as a telephone would send it", kHelpSay, say, say_arguments, code);
  say_command->add_option("text", say_arguments->text, "The text")->required();
  say_command->add_option("--voice", say_arguments->voice, "The voice")->check(CLI::IsMember({"slt", "rms"}))->capture_default_str();
  say_command->add_option("--out", say_arguments->out, "The WAV file to write")->type_name("FILE")->required();
  say_command->add_option("--rate", say_arguments->rate_hz, "Samples per second")->check(CLI::IsMember({8000, 16000}))->capture_default_str();
  say_command->add_option("--lead-ms", say_arguments->lead_ms, "Silence before the text")->check(CLI::Range(0, 600000));
  say_command->add_option("--pad-ms", say_arguments->pad_ms, "Silence after the text")->check(CLI::Range(0, 600000));

  auto hear_arguments = std::make_shared<HearArguments>();
  auto* hear_command = add(app, "hear", "Recognise the speech in a WAV file, with the vocabulary of a dialogue", kHelpHear, hear, hear_arguments, code);
  hear_command->add_option("file", hear_arguments->file, "The WAV file")->required()->check(CLI::ExistingFile);
  hear_command->add_option("--dialogue", hear_arguments->dialogue, "Dialogue file; default: the receptionist of Offhook")->type_name("FILE");
  hear_command->add_option("--channel", hear_arguments->channel, "The channel of the file; 0 is the first")->check(CLI::Range(0, 1));
  hear_command->add_flag("--replies", hear_arguments->replies, "Recognise the words of the agent instead of the callers'");
}

void add_recordings(CLI::App& app, int& code) {
  auto arguments = std::make_shared<RecordingArguments>();
  auto* command = add(app, "recording", "Open a recording that the agent has encrypted", kHelpRecording, recording, arguments, code);
  command->add_option("what", arguments->what, "open decrypts the file; check tests that it is whole and unchanged")
      ->required()
      ->check(CLI::IsMember({"open", "check"}));
  command->add_option("file", arguments->file, "The recording")->required()->check(CLI::ExistingFile);
  command->add_option("--out", arguments->out, "For open: the file to write; it must not exist")->type_name("FILE");
  command->add_option("--key-file", arguments->key_file, "The file of the key; without this option, OFFHOOK_RECORDING_KEY has the key")->type_name("FILE");
  command->add_flag("--cut", arguments->cut, "Also open a file whose end is missing");
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
      if (option->get_positional() && !out.options.back().names.empty()) {  // The value may also be given without the option's name.
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
  auto* command = app.add_subcommand("completion", "Print a script that completes Offhook's commands in your shell");
  command->footer(kHelpCompletion);
  command->add_option("shell", *shell, "The shell")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
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
  put("Show and erase past calls", {"calls", "transcripts", "recording", "erase"});
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
  const auto meant = offhook::agent::nearest(written, {names.begin(), names.end()});
  if (meant) std::fprintf(stderr, "offhook: there is no such command: did you mean \"offhook %s\"?\n", std::string(*meant).c_str());
  else std::fprintf(stderr, "offhook: there is no such command: offhook --help lists them\n");
  return kUsage;
}

/// Returns `--name` of `--name=value`, and `-n` of `-nvalue`; "" if the argument is not an option.
std::string option_name(const std::string& argument) {
  if (argument.starts_with("--")) return argument.substr(0, argument.find('='));
  return argument.starts_with("-") && argument != "-" ? argument.substr(0, 2) : std::string();
}

/// Prints the names of the unknown options without their values, because a value may be a password.
int refuse_extras(const CLI::App& app) {
  std::vector<std::string> known;
  const CLI::App* command = &app;
  for (const CLI::App* chosen : app.get_subcommands()) command = chosen;
  for (const CLI::Option* option : command->get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  const std::string name = command == &app ? "offhook" : "offhook " + command->get_name();
  for (const std::string& extra : app.remaining(true)) {
    const std::string option = option_name(extra);
    const auto meant = option.starts_with("--") ? offhook::agent::nearest(option, {known.begin(), known.end()}) : std::nullopt;
    std::fprintf(stderr, "%s: %s%s\n", name.c_str(), option.empty() ? "an unexpected argument" : ("there is no option " + option).c_str(),
                 meant ? (": did you mean " + std::string(*meant) + "?").c_str() : "");
  }
  std::fprintf(stderr, "%s --help lists its arguments and options.\n", name.c_str());
  return kUsage;
}

/// Prints the overview to standard error and returns a failure, because a script that gives no command has a mistake.
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
