#include <offhook/sip/message/params.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>

#include <algorithm>

namespace offhook::inline v0::sip {

std::optional<std::string_view> Params::find(std::string_view name) const {
  auto rest = text_;
  while (const auto param = next(rest)) {
    if (base::iequals(param->name, name)) return param->value;
  }
  return std::nullopt;
}

std::optional<Param> Params::next(std::string_view& rest) {
  detail::skip_lws(rest);
  if (!rest.starts_with(';')) return std::nullopt;
  rest.remove_prefix(1);
  Param param;
  param.name = base::trim(rest.substr(0, std::min(rest.find_first_of("=;"), rest.size())));
  rest.remove_prefix(std::min(rest.find_first_of("=;"), rest.size()));
  if (!rest.starts_with('=')) return param;
  rest.remove_prefix(1);
  detail::skip_lws(rest);
  if (rest.starts_with('"')) {
    if (const auto quoted = detail::take_quoted(rest)) {
      param.value = *quoted;
      detail::skip_lws(rest);
      return param;
    }
  }
  const auto end = std::min(rest.find(';'), rest.size());
  param.value = base::trim(rest.substr(0, end));
  rest.remove_prefix(end);
  return param;
}

}  // namespace offhook::inline v0::sip
