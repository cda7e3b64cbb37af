#include <offhook/agent/prompts/prompt_template.hpp>

#include <offhook/agent/support/suggestion.hpp>
#include <offhook/base/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace offhook::inline v0::agent::prompts {

namespace {

constexpr std::string_view kOpen = "{{", kClose = "}}", kHeader = "header.", kContext = "context.";

std::string time_of(std::chrono::local_seconds now) {
  const std::chrono::hh_mm_ss clock(now - std::chrono::floor<std::chrono::days>(now));
  return fmt::format("{:02}:{:02}", clock.hours().count(), clock.minutes().count());
}

std::string date_of(std::chrono::local_seconds now) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(now));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string weekday_of(std::chrono::local_seconds now) {
  constexpr std::array kDays{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
  return kDays[std::chrono::weekday(std::chrono::floor<std::chrono::days>(now)).c_encoding()];
}

std::size_t line_of(std::string_view text, std::size_t at) {
  return 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

/// Returns true if `name` is a valid name of a header or a context value: 1 to 64 letters, digits, '-', '_' and '.'. These are a
/// subset of the characters of a token (RFC 3261 section 25.1).
bool is_name(std::string_view name) {
  const auto is_allowed = [](char c) { return base::is_alpha(c) || base::is_digit(c) || c == '-' || c == '_' || c == '.'; };
  return !name.empty() && name.size() <= kMaxContextName && std::all_of(name.begin(), name.end(), is_allowed);
}

std::string advise(std::string_view name) {
  const auto known = variable_names();
  for (const std::string_view with_name : {kHeader, kContext}) {
    if (name.starts_with(with_name))
      return "write a name of at most 64 letters, digits, - and _ after " + std::string(with_name);
  }
  if (const auto meant = nearest(name, known)) return "did you mean {{" + std::string(*meant) + "}}?";
  return "use caller, caller_name, called, time, date, weekday, header.NAME or context.NAME";
}

}  // namespace

std::vector<std::string_view> variable_names() {
  return {"caller", "caller_name", "called", "time", "date", "weekday", kHeader, kContext};
}

PromptTemplate::Piece PromptTemplate::variable_of(std::string_view name) {
  if (name.starts_with(kHeader) && is_name(name.substr(kHeader.size())))
    return {Variable::Header, std::string(name.substr(kHeader.size()))};
  if (name.starts_with(kContext) && is_name(name.substr(kContext.size())))
    return {Variable::Context, std::string(name.substr(kContext.size()))};
  constexpr std::array kPlain{std::pair{"caller", Variable::Caller}, std::pair{"caller_name", Variable::CallerName},
                              std::pair{"called", Variable::Called}, std::pair{"time", Variable::Time},
                              std::pair{"date", Variable::Date}, std::pair{"weekday", Variable::Weekday}};
  for (const auto& [plain, variable] : kPlain) {
    if (name == plain) return {variable, {}};
  }
  return {};
}

base::Result<PromptTemplate, PromptFault> PromptTemplate::parse(std::string_view text) {
  if (text.size() > kMaxTemplateBytes) return base::fail(PromptFault{1, "a text of more than 128 KiB", "shorten it"});
  PromptTemplate out;
  std::size_t variables = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto open = std::min(text.find(kOpen, at), text.size());
    if (open > at) out.pieces_.push_back({Variable::None, std::string(text.substr(at, open - at))});
    if (open == text.size()) break;
    const auto refuse = [&](std::string found, std::string advice) {
      return base::fail(PromptFault{line_of(text, open), std::move(found), std::move(advice)});
    };
    const auto close =
        text.substr(0, std::min(text.size(), open + kOpen.size() + kMaxVariableName + kClose.size())).find(kClose, open);
    if (close == std::string_view::npos) return refuse("{{ without its }}", "close it, or write { { for braces");
    const auto name = base::trim(text.substr(open + kOpen.size(), close - open - kOpen.size()));
    Piece piece = variable_of(name);
    if (piece.variable == Variable::None) return refuse("an unknown variable", advise(name));
    if (++variables > kMaxVariables) return refuse("more than 256 variables", "remove some of them");
    out.pieces_.push_back(std::move(piece));
    at = close + kClose.size();
  }
  return out;
}

std::string PromptTemplate::value_of(const Piece& piece, const CallVariables& call) {
  switch (piece.variable) {
    case Variable::None:
      return piece.text;
    case Variable::Caller:
      return cleaned(call.caller);
    case Variable::CallerName:
      return cleaned(call.caller_name);
    case Variable::Called:
      return cleaned(call.called);
    case Variable::Time:
      return time_of(call.now);
    case Variable::Date:
      return date_of(call.now);
    case Variable::Weekday:
      return weekday_of(call.now);
    case Variable::Header:
      for (const auto& [name, value] : call.headers) {
        if (base::iequals(name, piece.text)) return cleaned(value);
      }
      return {};
    case Variable::Context:
      for (const auto& [name, value] : call.context) {
        if (name == piece.text) return cleaned(value);
      }
      return {};
  }
  return {};
}

std::string PromptTemplate::render(const CallVariables& call, Use use) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    const bool is_ours =
        piece.variable == Variable::None || (piece.variable >= Variable::Time && piece.variable <= Variable::Weekday);
    std::string value = value_of(piece, call);
    out += is_ours || use == Use::Speech ? std::move(value) : marked_data(std::move(value));
  }
  return out;
}

bool PromptTemplate::holds_data() const {
  return std::any_of(pieces_.begin(), pieces_.end(), [](const Piece& piece) {
    return piece.variable != Variable::None && (piece.variable < Variable::Time || piece.variable > Variable::Weekday);
  });
}

bool PromptTemplate::is_fixed() const {
  return std::all_of(pieces_.begin(), pieces_.end(), [](const Piece& piece) { return piece.variable == Variable::None; });
}

bool PromptTemplate::uses_context() const {
  return std::any_of(pieces_.begin(), pieces_.end(), [](const Piece& piece) { return piece.variable == Variable::Context; });
}

}  // namespace offhook::inline v0::agent::prompts
