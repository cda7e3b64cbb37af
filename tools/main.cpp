#include <offhook/tools/commands.hpp>

#include <CLI/CLI.hpp>

namespace {

constexpr const char* kFooter = R"(Examples:
  offhook demo                          a whole call on this machine, nothing to configure
  SIP_EXTENSION=6001 SIP_PASSWORD=... ASTERISK_HOST=pbx.example PROVIDER=local offhook run
  offhook run --config offhook.json     all settings: docs/configuration.md
  offhook call sip:1001@pbx.example --config offhook.json

Exit codes: 0 done, 1 did not succeed, 2 arguments or configuration are wrong, 3 a port cannot be opened,
4 the registrar refuses the password.)";

}  // namespace

int main(int argc, char** argv) {
  using namespace offhook::tools;
  CLI::App app{"offhook: a telephone user agent for AI. It registers with your PBX like a desk phone, picks up, and holds the conversation."};
  app.footer(kFooter);
  app.require_subcommand(1);
  int code = kOk;

  RunArguments run_arguments;
  auto* run_command = app.add_subcommand("run", "Register, answer calls, until SIGTERM or Ctrl-C");
  run_command->add_option("-c,--config", run_arguments.config, "JSON file; the environment overrides it");
  run_command->callback([&] { code = run(run_arguments); });

  CallArguments call_arguments;
  auto* call_command = app.add_subcommand("call", "Dial one number or SIP address and hold the conversation with whoever answers");
  call_command->add_option("target", call_arguments.target, "sip:USER@HOST, or a number at your registrar")->required();
  call_command->add_option("-c,--config", call_arguments.config, "JSON file; the environment overrides it");
  call_command->callback([&] { code = call(call_arguments); });

  DemoArguments demo_arguments;
  auto* demo_command = app.add_subcommand("demo", "A whole call on this machine: registrar, agent, and a second telephone that asks");
  demo_command->add_flag("--json", demo_arguments.json, "Print the result as one line of JSON at the end");
  demo_command->add_option("--directory", demo_arguments.directory, "Where the recording and the registrar's log go")->capture_default_str();
  demo_command->callback([&] { code = demo(demo_arguments); });

  SayArguments say_arguments;
  auto* say_command = app.add_subcommand("say", "Speak a text into a WAV file, as a telephone would send it");
  say_command->add_option("text", say_arguments.text)->required();
  say_command->add_option("--voice", say_arguments.voice, "slt or rms")->capture_default_str();
  say_command->add_option("--out", say_arguments.out, "The WAV file to write")->required();
  say_command->add_option("--rate", say_arguments.rate_hz, "8000 or 16000")->check(CLI::IsMember({8000, 16000}))->capture_default_str();
  say_command->add_option("--lead-ms", say_arguments.lead_ms, "Silence before the text")->check(CLI::Range(0, 600000));
  say_command->add_option("--pad-ms", say_arguments.pad_ms, "Silence behind the text")->check(CLI::Range(0, 600000));
  say_command->callback([&] { code = say(say_arguments); });

  HearArguments hear_arguments;
  auto* hear_command = app.add_subcommand("hear", "Recognise a WAV file with the words of a dialogue");
  hear_command->add_option("file", hear_arguments.file)->required()->check(CLI::ExistingFile);
  hear_command->add_option("--dialogue", hear_arguments.dialogue, "Dialogue file; default: the receptionist that is shipped");
  hear_command->add_option("--channel", hear_arguments.channel, "0 is the first")->check(CLI::Range(0, 1));
  hear_command->add_flag("--replies", hear_arguments.replies, "Expect what the agent says instead of what callers say");
  hear_command->callback([&] { code = hear(hear_arguments); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int shown = app.exit(error);  // Prints help, or the error with a hint.
    return shown == 0 ? kOk : kUsage;
  }
  return code;
}
