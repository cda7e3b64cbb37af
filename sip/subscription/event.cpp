#include <offhook/sip/subscription/event.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace offhook::inline v0::sip::subscription {

namespace {

constexpr std::array<std::pair<std::string_view, Why>, 7> kReasons{{{"deactivated", Why::Deactivated},
                                                                    {"probation", Why::Probation},
                                                                    {"rejected", Why::Rejected},
                                                                    {"timeout", Why::Timeout},
                                                                    {"giveup", Why::GiveUp},
                                                                    {"noresource", Why::NoResource},
                                                                    {"invariant", Why::Invariant}}};

bool is_token_char(char c) {
  constexpr std::string_view kMarks = "-.!%*_+`'~";  // RFC 3261 section 25.1
  return base::is_alpha(c) || base::is_digit(c) || kMarks.find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char); }

/// Takes the text before the next `;` outside quotes. Returns nullopt if a quoted string has no end.
std::optional<std::string_view> take_part(std::string_view& rest) {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < rest.size() && (quoted || rest[at] != ';'); ++at) {
    if (quoted && rest[at] == '\\') ++at;
    else if (rest[at] == '"') quoted = !quoted;
  }
  if (quoted) return std::nullopt;
  const auto part = base::trim(rest.substr(0, at));
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return part;
}

/// Calls `param` with each name and value after the head. Returns false if a parameter has no name.
template <class Param>
bool split(std::string_view value, std::string_view& head, Param param) {
  const auto first = take_part(value);
  if (!first) return false;
  head = *first;
  while (!value.empty()) {
    const auto part = take_part(value);
    if (!part) return false;
    base::TextCursor one(*part);
    const auto name = base::trim(one.take_until('='));
    if (!is_token(name)) return false;
    param(name, base::trim(one.rest()));
  }
  return true;
}

std::optional<std::chrono::seconds> seconds_of(std::string_view text) {
  const auto number = base::parse_number<std::uint32_t>(text);
  if (!number) return std::nullopt;
  return std::chrono::seconds(*number);
}

}  // namespace

base::Result<EventType, ParseError> parse_event(std::string_view value) {
  EventType event;
  std::string_view package;
  const bool whole = split(value, package, [&](std::string_view name, std::string_view text) {
    if (base::iequals(name, "id") && !event.id) event.id = std::string(text);
  });
  if (!whole || !is_token(package) || (event.id && !is_token(*event.id))) return base::fail(ParseError::BadParameter);
  event.package = std::string(package);
  return event;
}

base::Result<EventType, ParseError> event_of(const Message& message) {
  const auto value = message.find(HeaderName::Event);
  if (!value) return base::fail(ParseError::MissingHeader);
  return parse_event(*value);
}

std::string to_string(const EventType& event) { return event.id ? event.package + ";id=" + *event.id : event.package; }

base::Result<SubscriptionState, ParseError> parse_subscription_state(std::string_view value) {
  SubscriptionState state;
  std::string_view phase;
  const bool whole = split(value, phase, [&](std::string_view name, std::string_view text) {
    if (base::iequals(name, "expires")) state.expires = seconds_of(text);
    if (base::iequals(name, "retry-after")) state.retry_after = seconds_of(text);
    if (!base::iequals(name, "reason")) return;
    const auto known =
        std::find_if(kReasons.begin(), kReasons.end(), [&](const auto& one) { return base::iequals(one.first, text); });
    state.reason = known == kReasons.end() ? Why::Terminated : known->second;
  });
  if (!whole || !is_token(phase)) return base::fail(ParseError::BadParameter);
  state.phase = base::iequals(phase, "active")       ? Phase::Active
                : base::iequals(phase, "pending")    ? Phase::Pending
                : base::iequals(phase, "terminated") ? Phase::Terminated
                                                     : Phase::Other;
  if (state.phase != Phase::Terminated) state.reason = Why::None;
  if (state.phase == Phase::Terminated && state.reason == Why::None) state.reason = Why::Terminated;
  return state;
}

std::string_view reason_word(Why why) {
  const auto known = std::find_if(kReasons.begin(), kReasons.end(), [&](const auto& one) { return one.second == why; });
  return known == kReasons.end() ? std::string_view() : known->first;
}

std::string to_string(const SubscriptionState& state) {
  std::string text = state.phase == Phase::Pending ? "pending" : state.phase == Phase::Terminated ? "terminated" : "active";
  if (state.phase == Phase::Terminated) {
    if (const auto word = reason_word(state.reason); !word.empty()) text += ";reason=" + std::string(word);
    if (state.retry_after) text += ";retry-after=" + std::to_string(state.retry_after->count());
  } else if (state.expires) {
    text += ";expires=" + std::to_string(state.expires->count());
  }
  return text;
}

bool ends_subscription(int status) {
  constexpr std::array kEnding{404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604};
  return std::find(kEnding.begin(), kEnding.end(), status) != kEnding.end();
}

}  // namespace offhook::inline v0::sip::subscription
