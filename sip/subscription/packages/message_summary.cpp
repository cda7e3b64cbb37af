#include <offhook/sip/subscription/packages/message_summary.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::sip::packages {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), base::to_lower);
  return out;
}

/// Parses `2/8`. Returns nullopt for other text.
std::optional<std::pair<std::uint32_t, std::uint32_t>> pair_of(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto fresh = base::parse_number<std::uint32_t>(base::trim(text.substr(0, slash)));
  const auto old = base::parse_number<std::uint32_t>(base::trim(text.substr(slash + 1)));
  if (!fresh || !old) return std::nullopt;
  return std::pair(*fresh, *old);
}

/// Parses `2/8 (0/2)`; the part in brackets is optional.
base::Result<MessageSummary::Count, PackageError> count_of(std::string_view context, std::string_view value) {
  MessageSummary::Count count{lower(context)};
  const auto bracket = value.find('(');
  const auto all = pair_of(value.substr(0, bracket));
  if (!all) return base::fail(PackageError::BadValue);
  count.fresh = all->first;
  count.old = all->second;
  if (bracket == std::string_view::npos) return count;
  const auto close = value.find(')', bracket);
  const auto urgent = close == std::string_view::npos ? std::nullopt : pair_of(value.substr(bracket + 1, close - bracket - 1));
  if (!urgent) return base::fail(PackageError::BadValue);
  count.urgent_fresh = urgent->first;
  count.urgent_old = urgent->second;
  return count;
}

bool is_context(std::string_view name) {
  return base::iequals(name, "none") || (name.size() > 8 && base::iequals(name.substr(name.size() - 8), "-message"));
}

}  // namespace

base::Result<MessageSummary, PackageError> parse_message_summary(std::string_view body) {
  if (body.size() > kMaxBodyBytes) return base::fail(PackageError::TooLarge);
  MessageSummary summary;
  bool said = false;
  std::size_t lines = 0;
  for (base::TextCursor rest(body); !rest.at_end();) {
    const auto line = base::trim(rest.take_until('\n'));
    if (line.empty()) break;  // Header fields of single messages follow.
    if (++lines > kMaxSummaryLines) return base::fail(PackageError::TooMany);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return base::fail(PackageError::Malformed);
    const auto name = base::trim(line.substr(0, colon)), value = base::trim(line.substr(colon + 1));
    if (base::iequals(name, "Messages-Waiting")) {
      if (!base::iequals(value, "yes") && !base::iequals(value, "no")) return base::fail(PackageError::BadValue);
      summary.waiting = base::iequals(value, "yes");
      said = true;
    } else if (base::iequals(name, "Message-Account")) {
      summary.account = std::string(value);
    } else if (is_context(name)) {
      auto count = count_of(name, value);
      if (!count) return base::fail(count.error());
      summary.counts.push_back(std::move(*count));
    }
  }
  if (!said) return base::fail(PackageError::MissingValue);
  return summary;
}

std::string write_message_summary(const MessageSummary& summary) {
  const auto pair = [](std::uint32_t a, std::uint32_t b) { return std::to_string(a) + "/" + std::to_string(b); };
  std::string text = summary.waiting ? "Messages-Waiting: yes\r\n" : "Messages-Waiting: no\r\n";
  if (!summary.account.empty()) text += "Message-Account: " + summary.account + "\r\n";
  for (const auto& count : summary.counts) {
    std::string name = count.context;  // As in the examples of RFC 3842: Voice-Message.
    for (std::size_t i = 0; i < name.size(); ++i) {
      if ((i == 0 || name[i - 1] == '-') && name[i] >= 'a' && name[i] <= 'z') name[i] = static_cast<char>(name[i] - 32);
    }
    text += name + ": " + pair(count.fresh, count.old);
    if (count.urgent_fresh || count.urgent_old)
      text += " (" + pair(count.urgent_fresh.value_or(0), count.urgent_old.value_or(0)) + ")";
    text += "\r\n";
  }
  return text;
}

}  // namespace offhook::inline v0::sip::packages
