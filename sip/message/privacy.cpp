#include <offhook/sip/message/privacy.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace offhook::inline v0::sip {

namespace {

constexpr std::array<std::pair<std::string_view, bool Privacy::*>, 7> kValues{{{"header", &Privacy::header},
                                                                               {"session", &Privacy::session},
                                                                               {"user", &Privacy::user},
                                                                               {"id", &Privacy::id},
                                                                               {"history", &Privacy::history},
                                                                               {"none", &Privacy::none},
                                                                               {"critical", &Privacy::critical}}};

}  // namespace

base::Result<Privacy, ParseError> parse_privacy(std::string_view value) {
  Privacy privacy;
  auto rest = detail::trim(value);
  if (rest.empty()) return base::fail(ParseError::BadParameter);
  while (!rest.empty()) {
    // RFC 3323 section 4.2 separates values with semicolons; some peers write commas.
    const auto end = std::min(rest.find_first_of(";,"), rest.size());
    const auto word = detail::trim(rest.substr(0, end));
    rest.remove_prefix(std::min(rest.size(), end + 1));
    if (!detail::is_token(word)) return base::fail(ParseError::BadParameter);
    for (const auto& [name, field] : kValues) {
      if (base::iequals(word, name)) privacy.*field = true;
    }
  }
  return privacy;
}

std::string to_string(const Privacy& privacy) {
  std::string value;
  for (const auto& [name, field] : kValues) {
    if (privacy.*field) value += (value.empty() ? "" : ";") + std::string(name);
  }
  return value;
}

}  // namespace offhook::inline v0::sip
