#include <offhook/agent/prompts/prompt_file.hpp>

#include <doctest/doctest.h>

#include <string>

namespace prompts = offhook::agent::prompts;
using prompts::parse_prompt_file;
using prompts::Use;

namespace {

prompts::PromptFile read(std::string_view text) {
  auto file = parse_prompt_file(text);
  REQUIRE_MESSAGE(file.has_value(), (file ? "" : file.error().found));
  return *std::move(file);
}

std::string fault(std::string_view text) {
  const auto file = parse_prompt_file(text);
  return file ? "none" : std::to_string(file.error().line) + ": " + file.error().found + "; " + file.error().advice;
}

std::string with_head(std::string_view head) { return "---\n" + std::string(head) + "\n---\nText.\n"; }

}  // namespace

TEST_CASE("A prompt file may have a header with settings, and the Markdown text after the header is the prompt") {
  const auto file = read("---\n# who\nvoice: marin\nlanguage: \"de-AT\"\ngreeting: 'It''s {{caller_name}}!'\ntools: [hang_up, \"note\"]\n\n---\n\n# You\n\nAre *Ada*.\n");
  CHECK(file.voice == "marin");
  CHECK(file.language == "de-AT");
  CHECK(file.tools == std::vector<std::string>{"hang_up", "note"});
  prompts::CallVariables call;
  call.caller_name = "Bob";
  CHECK(file.greeting->render(call, Use::Speech) == "It's Bob!");
  CHECK(file.prompt.render(call) == "# You\n\nAre *Ada*.");
}

TEST_CASE("If a prompt file has no header, the whole file is the prompt, even if a line --- is in it") {
  CHECK(read("You are Ada.\n\n---\n\nBe brief.").prompt.render({}) == "You are Ada.\n\n---\n\nBe brief.");
  CHECK(read("").prompt.empty());
  CHECK(read("---\n---\n").prompt.empty());
  CHECK_FALSE(read("Hello").voice);
  CHECK(read("\xef\xbb\xbf---\r\nvoice: slt\r\n---\r\nHi.\r\n").voice == "slt");
}

TEST_CASE("A list of tools may have brackets or none, and may be empty") {
  CHECK(read(with_head("tools: hang_up, note")).tools->size() == 2);
  CHECK(read(with_head("tools: []")).tools->empty());
  CHECK(read(with_head("tools:")).tools->empty());
  CHECK(fault(with_head("tools: [hang_up")) == "2: a bracket without its counterpart; write [hang_up, note], on one line");
  CHECK(fault(with_head("tools: hang_up,, note")) == "2: an empty name among the tools; remove a comma");
  CHECK(fault(with_head("tools: note, note")) == "2: a tool twice; keep one of them");
}

TEST_CASE("A header line that is not key: value, or that uses other YAML, is reported with its line number") {
  CHECK(fault(with_head("voice: slt\nvoyce: rms")) == "3: an unknown key; did you mean \"voice\"?");
  CHECK(fault(with_head("temperature: 1")) == "2: an unknown key; use voice, language, greeting or tools");
  CHECK(fault(with_head("voice slt")) == "2: a line without a colon; write key: value");
  CHECK(fault(with_head("voice:slt")) == "2: no blank after the colon; write key: value");
  CHECK(fault(with_head("voice: slt\nvoice: rms")) == "3: a key a second time; keep one of them");
  CHECK(fault(with_head("tools:\n  - hang_up")) == "3: a line that continues the line before it; write each key and its value on one line");
  CHECK(fault(with_head("tools:\n- hang_up")).starts_with("3: a line that continues the line before it"));
  for (const char* more : {"&x slt", "*x", "!str slt", "|", ">", "{a: b}", "[a]", "@x"})
    CHECK(fault(with_head("voice: " + std::string(more))) == "2: YAML that Offhook does not read here; put the value in double quotes");
  CHECK(fault(with_head("voice: slt # mine")).starts_with("2: a comment after a value"));
  CHECK(fault(with_head("greeting: \"open")) == "2: a quote that is not closed; close it on the same line");
  CHECK(fault(with_head("greeting: \"a\" b")) == "2: text after the closing quote; remove it");
  CHECK(fault(with_head("greeting: \"a\\n\"")) == "2: an escape that Offhook does not read; use only \\\" and \\\\");
  CHECK(fault(with_head("greeting: Hi {{nam}}")).starts_with("2: an unknown variable"));
  CHECK(fault(with_head("voice: a\x01")) == "2: a control character; remove it");
  CHECK(read(with_head("greeting: \"a \\\"b\\\" \\\\\"")).greeting->render({}) == "a \"b\" \\");
}

TEST_CASE("A fault in the text after the header is reported with its line number in the file") {
  CHECK(fault("---\nvoice: slt\n---\n\n\nHello {{callr}}.") == "6: an unknown variable; did you mean {{caller}}?");
  CHECK(fault("\n\n{{x}}").starts_with("3: an unknown variable"));
  CHECK(fault("---\nvoice: slt\n") == "2: a head without its end; close it with a line of ---");
}

TEST_CASE("A prompt file has at most 32 header lines, values of 1000 octets, 16 tools and 128 KiB, and one more is refused") {
  const auto lines = [](std::size_t n) {
    std::string head = "---\n";
    for (std::size_t i = 0; i < n; ++i) head += "# x\n";
    return head + "---\n";
  };
  CHECK(fault(lines(prompts::kMaxHeadLines)) == "none");
  CHECK(fault(lines(prompts::kMaxHeadLines + 1)) == "34: a head of more than 32 lines; close it with a line of ---");
  CHECK(fault(with_head("greeting: " + std::string(prompts::kMaxHeadValue, 'x'))) == "none");
  CHECK(fault(with_head("greeting: " + std::string(prompts::kMaxHeadValue + 1, 'x'))).starts_with("2: a value of more than 1000 octets"));
  const auto tools = [](std::size_t n) {
    std::string list = "tools: t0";
    for (std::size_t i = 1; i < n; ++i) list += ", t" + std::to_string(i);
    return with_head(list);
  };
  CHECK(fault(tools(prompts::kMaxHeadTools)) == "none");
  CHECK(fault(tools(prompts::kMaxHeadTools + 1)) == "2: more than 16 tools; remove some of them");
  CHECK(fault(std::string(prompts::kMaxTemplateBytes, 'x')) == "none");
  CHECK(fault(std::string(prompts::kMaxTemplateBytes + 1, 'x')).starts_with("1: a text of more than 128 KiB"));
}
