#include "scripted_setup.hpp"

#include <offhook/agent/app/checkup.hpp>
#include <offhook/agent/config/nested.hpp>
#include <offhook/agent/setup/written_files.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

using namespace offhook::agent;
using offhook_test::Desk;
using offhook_test::ScriptedPerson;

namespace {

/// Returns the answers to all questions with OpenAI as the provider.
std::deque<std::string> with_openai(const std::string& prompt, const std::string& greeting, const std::string& transfer, const std::string& secrets) {
  return {"h", "6001", "canary-7f3a", "openai", "sk-canary", prompt, greeting, transfer, secrets, "none"};
}

/// Returns /agent of the written configuration, on one line.
std::string agent_in(const Desk& desk) {
  std::vector<Problem> problems;
  const auto file = read_json(desk.disk.at("offhook.json"), "offhook.json", problems);
  return file ? write_json(*member(*file, "agent")) : "";
}

/// Returns the problems and warnings of `offhook check` for the written files, one per line.
std::string checked(const Desk& desk) {
  const auto folder = std::filesystem::temp_directory_path() / ("offhook-setup-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  for (const auto& [path, text] : desk.disk) std::ofstream(folder / path) << text;
  const config::Environment environment = [](const std::string& name) -> std::optional<std::string> {
    return name == "SIP_PASSWORD" || name == "OPENAI_API_KEY" ? std::optional<std::string>("k") : std::nullopt;
  };
  const auto checkup = check_up({folder / "offhook.json", environment, {}, config::disk_files()}, "share/dialogues/receptionist.json", "");
  std::filesystem::remove_all(folder);
  std::string told;
  for (const auto& problem : checkup.problems) told += to_string(problem) + "\n";
  for (const auto& warning : checkup.warnings) told += warning.where + ": " + warning.what + "\n";
  return told;
}

}  // namespace

TEST_CASE("setup writes the prompt, the greeting and the transfer target in the form that `offhook run` expects") {
  Desk text;
  ScriptedPerson writes(with_openai("You answer for {{called}}.", "Good day.", "6010", ""));
  CHECK(text.run(&writes).is_written);
  CHECK(agent_in(text) == R"({"provider":"openai","prompt":"You answer for {{called}}.","greeting":"Good day.",)"
                          R"("tools":["hang_up","note",{"name":"transfer","destinations":{"person":"6010"}}],"fallback":{"transfer_to":"6010"}})");
  CHECK(checked(text) == "");
  Desk shipped;
  ScriptedPerson takes(with_openai("Sales", "", "", ""));
  CHECK(shipped.run(&takes).is_written);
  CHECK(agent_in(shipped) == R"({"provider":"openai","prompt_file":"sales.md","tools":["hang_up","note"]})");  // The greeting is in the prompt file.
  CHECK(shipped.disk.at("sales.md").find("greeting: \"Hello, this is sales.") != std::string::npos);
  CHECK(shipped.readers.at("sales.md") == setup::Readers::Everyone);
  CHECK(checked(shipped) == "");
  Desk local;
  ScriptedPerson without({"h", "6001", "x", "local", "Good day.", "6010", "", ""});
  CHECK(local.run(&without).is_written);
  CHECK(agent_in(local) == R"({"provider":"local","dialogue":"receptionist.json","greeting":"Good day.","fallback":{"transfer_to":"6010"}})");
  CHECK(checked(local) == "");
}

TEST_CASE("With the local provider, each transfer of the dialogue goes to the named person, and nothing else changes") {
  const setup::Files files{{}, config::disk_files(), [](const std::string& name) { return "share/" + name; }, {}};
  setup::Answers answers;
  CHECK_FALSE(setup::companion_of(answers));
  answers.transfer_to = "6010";
  const auto companion = setup::companion_of(answers);
  REQUIRE(companion);
  const auto text = setup::companion_text(*companion, answers, files);
  REQUIRE(text);
  std::vector<Problem> problems;
  auto shipped = read_json(files.read("share/dialogues/receptionist.json", 1U << 20U)->text, "shipped", problems);
  const auto written = read_json(*text, "written", problems);
  REQUIRE((shipped && written && problems.empty()));
  CHECK(text->find("\"to\": \"100\"") == std::string::npos);
  CHECK(text->find("\"to\": \"200\"") == std::string::npos);
  std::string expected = write_json(*shipped);
  for (const char* number : {"\"to\":\"100\"", "\"to\":\"200\""}) {
    for (auto at = expected.find(number); at != std::string::npos; at = expected.find(number)) expected.replace(at, 10, "\"to\":\"6010\"");
  }
  CHECK(write_json(*written) == expected);
  Desk desk;
  ScriptedPerson person({"h", "6001", "x", "local", "", "sip:6010@h;transport=tcp", "6010", "", ""});
  CHECK(desk.run(&person).is_written);
  CHECK(person.heard.find("That is a target that the dialogue does not accept (") != std::string::npos);
}

TEST_CASE("The prompts that setup offers are the files of share/prompts") {
  std::vector<std::string> shipped, known;
  for (const auto& file : std::filesystem::directory_iterator("share/prompts")) shipped.push_back(file.path().filename());
  for (const auto name : setup::kPrompts) known.push_back(std::string(name) + ".md");
  std::sort(shipped.begin(), shipped.end());
  std::sort(known.begin(), known.end());
  CHECK(known == shipped);
}

TEST_CASE("An invalid prompt or greeting is refused, and the question is repeated") {
  Desk desk;
  auto answers = with_openai("receptionst", "", "", "");
  answers.insert(answers.begin() + 6, {"You answer for {{nobody}}.", "You answer.", "Hello {{you}}."});
  ScriptedPerson person(answers);
  CHECK(desk.run(&person).is_written);
  CHECK(person.heard.find("That is one word that names no prompt. It must be a text, or one of receptionist, sales, message-taker: write whole sentences. "
                          "For example: You answer the telephone of Blue River Bicycles.\n") != std::string::npos);
  CHECK(person.asked.find("Prompt: a text, or one of receptionist, sales, message-taker\nPrompt: a text, or one of receptionist, sales, message-taker\n"
                          "Prompt: a text, or one of receptionist, sales, message-taker\nGreeting, or none\nGreeting, or none\n") != std::string::npos);
}

TEST_CASE("setup does not overwrite an existing prompt file without the person's consent") {
  for (const bool agrees : {true, false}) {
    Desk desk;
    desk.disk["sales.md"] = "You sell what I say.";
    auto answers = with_openai("sales", "", "", "");
    answers.insert(answers.begin() + 8, agrees ? "yes" : "no");
    ScriptedPerson person(answers);
    CHECK(desk.run(&person).is_written);
    CHECK(person.asked.find("sales.md exists. Overwrite it? (yes, no)\n") != std::string::npos);
    CHECK((desk.disk.at("sales.md") == "You sell what I say.") != agrees);
  }
}

TEST_CASE("Secrets are written only with the person's consent, to a file that only its owner can read") {
  Desk desk;
  ScriptedPerson usual(with_openai("", "", "", ""));
  CHECK(desk.run(&usual).is_written);
  CHECK_FALSE(desk.disk.contains("secrets.env"));
  CHECK(desk.disk.at("offhook.json").find("canary") == std::string::npos);
  CHECK(desk.readers.at("offhook.json") == setup::Readers::Everyone);
  CHECK(usual.heard.find("Next: set SIP_PASSWORD and OPENAI_API_KEY, then: offhook run --config offhook.json") != std::string::npos);
  setup::Options options;
  options.path = "/etc/offhook/offhook.json";
  ScriptedPerson agrees(with_openai("", "", "", "yes"));
  CHECK(desk.run(&agrees, options).is_written);
  CHECK(desk.disk.at("/etc/offhook/secrets.env") == "SIP_PASSWORD=canary-7f3a\nOPENAI_API_KEY=sk-canary\n");
  CHECK(desk.readers.at("/etc/offhook/secrets.env") == setup::Readers::Owner);
  CHECK(desk.disk.at("/etc/offhook/offhook.json").find("canary") == std::string::npos);
  CHECK(desk.readers.at("/etc/offhook/offhook.json") == setup::Readers::Everyone);
  CHECK(agrees.heard.find("Next: sudo systemctl enable --now offhook\n") != std::string::npos);
  options.path = "here.json";
  Desk other;
  ScriptedPerson by_hand(with_openai("", "", "", "yes"));
  CHECK(other.run(&by_hand, options).is_written);
  CHECK(by_hand.heard.find("Next: set -a; . ./secrets.env; set +a; offhook run --config here.json\n") != std::string::npos);
}

TEST_CASE("The file of secrets keeps its other lines, and quotes a value so that systemd and a shell read the same") {
  setup::Answers answers;
  answers.password = Secret("a b'c\"d\\e`f$g#h");
  CHECK(setup::secrets_file_of(answers, "") == "SIP_PASSWORD=\"a b'c\\\"d\\\\e\\`f\\$g#h\"\n");
  answers.password = Secret("aB9-_./:@+=,");
  CHECK(setup::secrets_file_of(answers, "") == "SIP_PASSWORD=aB9-_./:@+=,\n");
  CHECK(setup::secrets_file_of(answers, "# ours\nSIP_PASSWORD=old\nSIP_PASSWORD_2=x\n\nOFFHOOK_HEALTH_TOKEN=t") ==
        "# ours\nSIP_PASSWORD_2=x\n\nOFFHOOK_HEALTH_TOKEN=t\nSIP_PASSWORD=aB9-_./:@+=,\n");
}

TEST_CASE("If setup cannot read a shipped file for the copy, it reports the file and writes nothing") {
  Desk desk;
  class Remover : public ScriptedPerson {
   public:
    Remover(Desk& of, std::deque<std::string> answers) : ScriptedPerson(std::move(answers)), desk_(of) {}
    void say(std::string_view line) override {
      ScriptedPerson::say(line);
      if (line.find("the configuration can be used") != std::string_view::npos) desk_.has_share = false;
    }

   private:
    Desk& desk_;
  };
  Remover person(desk, with_openai("sales", "", "", "no"));
  const auto outcome = desk.run(&person);
  CHECK(desk.disk.empty());
  CHECK(outcome.steps.back().finding.what == "share/prompts/sales.md cannot be read (it is not there)");
  CHECK_FALSE(outcome.all_good);
}

TEST_CASE("A file of secrets that cannot be read stays as it is, and no configuration refers to it") {
  Desk desk;
  desk.disk["secrets.env"] = std::string(setup::kMaxSecretsFile + 1, 'x');
  CHECK(desk.disk.at("secrets.env").size() > setup::kMaxSecretsFile);
  ScriptedPerson person(with_openai("You answer the telephone.", "", "", "yes"));
  const auto outcome = desk.run(&person);
  CHECK_FALSE(outcome.is_written);
  CHECK_FALSE(desk.disk.contains("offhook.json"));
  CHECK(outcome.steps.back().finding.what == "secrets.env exists and cannot be read: it is too large");
  desk.disk["secrets.env"].pop_back();
  ScriptedPerson again(with_openai("You answer the telephone.", "", "", "yes"));
  CHECK(desk.run(&again).is_written);
}

TEST_CASE("A secret may be a reference to a file or a variable, which is written unchanged and not copied") {
  Desk desk;
  desk.disk["sip.secret"] = "canary-7f3a\n";
  desk.variables = {{"MY_KEY", "sk-canary"}};
  ScriptedPerson person({"h", "6001", "${file:nowhere}", "${file:sip.secret}", "openai", "${OTHER_KEY}", "${MY_KEY}", "", "", "", ""});
  const auto outcome = desk.run(&person);
  CHECK(outcome.is_written);
  CHECK(outcome.all_good);  // The provider accepted the key.
  CHECK(person.heard.find("That is a reference to a file that cannot be read (") != std::string::npos);
  CHECK(person.heard.find("That is a reference to a variable that is not set.") != std::string::npos);
  CHECK(person.asked.find("Write the secrets") == std::string::npos);
  const std::string& text = desk.disk.at("offhook.json");
  CHECK(text.find("\"password\": \"${file:sip.secret}\"") != std::string::npos);
  CHECK(text.find("\"api_key\": \"${MY_KEY}\"") != std::string::npos);
  CHECK_FALSE(desk.disk.contains("secrets.env"));
  CHECK(person.heard.find("Next: offhook run --config offhook.json\n") != std::string::npos);
}
