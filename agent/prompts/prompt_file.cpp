#include <offhook/agent/prompts/prompt_file.hpp>

#include <offhook/agent/support/suggestion.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::prompts {

namespace {

constexpr std::string_view kFence = "---";

using Outcome = std::optional<PromptFault>;

/// Removes the first line from `text` and returns it without its line end.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_fence(std::string_view line) {
  return line.starts_with(kFence) && base::trim(line) == kFence;
}

/// Reads the head of a prompt file line by line.
class HeadReader {
 public:
  explicit HeadReader(PromptFile& out) : out_(out) {}

  Outcome read(std::string_view line, std::size_t number) {
    line_ = number;
    if (std::any_of(line.begin(), line.end(), [](char c) { return (c >= '\0' && c < ' ' && c != '\t') || c == '\x7f'; }))
      return fault("a control character", "remove it");
    const auto trimmed = base::trim(line);
    if (trimmed.empty() || trimmed.front() == '#') return std::nullopt;
    if (base::is_space(line.front()) || trimmed.front() == '-')
      return fault("a line that continues the line before it", "write each key and its value on one line");
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return fault("a line without a colon", "write key: value");
    if (colon + 1 < line.size() && !base::is_space(line[colon + 1]))
      return fault("no blank after the colon", "write key: value");
    return take(base::trim(line.substr(0, colon)), base::trim(line.substr(colon + 1)));
  }

 private:
  PromptFault fault(std::string found, std::string advice) const { return {line_, std::move(found), std::move(advice)}; }

  Outcome take(std::string_view key, std::string_view written) {
    static const std::vector<std::string_view> kKnown{"voice", "language", "greeting", "tools"};
    if (std::find(kKnown.begin(), kKnown.end(), key) == kKnown.end()) {
      const auto meant = nearest(key, kKnown);
      return fault("an unknown key",
                   meant ? "did you mean \"" + std::string(*meant) + "\"?" : "use voice, language, greeting or tools");
    }
    if (std::find(seen_.begin(), seen_.end(), key) != seen_.end()) return fault("a key a second time", "keep one of them");
    seen_.push_back(key);
    if (key == "tools") return take_tools(written);
    std::string value;
    if (auto bad = unquote(written, value)) return bad;
    if (value.size() > kMaxHeadValue) return fault("a value of more than 1000 octets", "shorten it");
    if (key == "voice")
      out_.voice = std::move(value);
    else if (key == "language")
      out_.language = std::move(value);
    else
      return take_greeting(value);
    return std::nullopt;
  }

  Outcome take_greeting(std::string_view value) {
    auto parsed = PromptTemplate::parse(value);
    if (!parsed) return fault(parsed.error().found, parsed.error().advice);
    out_.greeting = *std::move(parsed);
    return std::nullopt;
  }

  Outcome take_tools(std::string_view written) {
    const bool opens = written.starts_with('['), closes = written.ends_with(']');
    if (opens != closes || written == "[") return fault("a bracket without its counterpart", "write [hang_up, note], on one line");
    if (opens) written = base::trim(written.substr(1, written.size() - 2));
    std::vector<std::string> tools;
    for (bool more = !written.empty(); more;) {
      const auto comma = written.find(',');
      std::string name;
      if (auto bad = unquote(base::trim(written.substr(0, comma)), name)) return bad;
      if (name.empty()) return fault("an empty name among the tools", "remove a comma");
      if (std::find(tools.begin(), tools.end(), name) != tools.end()) return fault("a tool twice", "keep one of them");
      if (tools.size() == kMaxHeadTools) return fault("more than 16 tools", "remove some of them");
      tools.push_back(std::move(name));
      more = comma != std::string_view::npos;
      if (more) written.remove_prefix(comma + 1);
    }
    out_.tools = std::move(tools);
    return std::nullopt;
  }

  /// Stores the value of `written` in `out`, without its quotes. In double quotes, \" and \\ are escapes; in single quotes, '' is
  /// one quote. Refuses an unquoted value that uses YAML syntax which this reader does not support.
  Outcome unquote(std::string_view written, std::string& out) const {
    if (written.empty()) return std::nullopt;
    const char quote = written.front();
    if (quote != '"' && quote != '\'') {
      if (std::string_view("&*!|>%@`{}[],?#").find(quote) != std::string_view::npos)
        return fault("YAML that Offhook does not read here", "put the value in double quotes");
      if (written.find(" #") != std::string_view::npos)
        return fault("a comment after a value", "put it on a line of its own, or the value in double quotes");
      out = written;
      return std::nullopt;
    }
    for (std::size_t i = 1; i < written.size(); ++i) {
      const char c = written[i], next = i + 1 < written.size() ? written[i + 1] : '\0';
      if (quote == '"' && c == '\\') {
        if (next != '"' && next != '\\') return fault("an escape that Offhook does not read", "use only \\\" and \\\\");
        out += next;
        ++i;
      } else if (quote == '\'' && c == quote && next == quote) {
        out += c;
        ++i;
      } else if (c == quote) {
        return i + 1 == written.size() ? std::nullopt : Outcome(fault("text after the closing quote", "remove it"));
      } else {
        out += c;
      }
    }
    return fault("a quote that is not closed", "close it on the same line");
  }

  PromptFile& out_;
  std::vector<std::string_view> seen_;  // Borrows from the text of the file while it is read.
  std::size_t line_ = 0;
};

}  // namespace

base::Result<PromptFile, PromptFault> parse_prompt_file(std::string_view text) {
  if (text.size() > kMaxTemplateBytes) return base::fail(PromptFault{1, "a text of more than 128 KiB", "shorten it"});
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // A byte order mark, which some editors write.
  PromptFile out;
  std::size_t line = 1;
  auto rest = text;
  if (is_fence(take_line(rest))) {
    HeadReader head(out);
    for (bool closed = false; !closed;) {
      if (rest.empty()) return base::fail(PromptFault{line, "a head without its end", "close it with a line of ---"});
      const auto next = take_line(rest);
      ++line;
      closed = is_fence(next);
      if (closed) continue;
      if (line - 1 > kMaxHeadLines)
        return base::fail(PromptFault{line, "a head of more than 32 lines", "close it with a line of ---"});
      if (auto bad = head.read(next, line)) return base::fail(*std::move(bad));
    }
    ++line;
    text = rest;
  }
  auto prompt = PromptTemplate::parse(base::trim(text));
  if (!prompt) {
    const auto skipped = static_cast<std::size_t>(base::trim(text).data() - text.data());
    const auto before =
        static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(skipped), '\n'));
    return base::fail(PromptFault{prompt.error().line + line - 1 + before, prompt.error().found, prompt.error().advice});
  }
  out.prompt = *std::move(prompt);
  return out;
}

}  // namespace offhook::inline v0::agent::prompts
