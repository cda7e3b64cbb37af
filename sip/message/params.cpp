#include <offhook/sip/message/params.hpp>

#include <offhook/base/block.hpp>
#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>

namespace offhook::inline v0::sip {

namespace {

std::string_view take_value(std::string_view& rest) {
  if (rest.starts_with('"')) {
    if (const auto quoted = detail::take_quoted(rest)) {
      detail::skip_lws(rest);
      return *quoted;
    }
  }
  const auto size = base::find_first(rest, ';');
  const auto value = detail::trim(rest.substr(0, size));
  rest.remove_prefix(size);
  return value;
}

}  // namespace

std::optional<std::string_view> Params::find(std::string_view name) const {
  auto rest = text_;
  while (const auto param = next(rest)) {
    if (base::iequals(param->name, name)) return param->value;
  }
  return std::nullopt;
}

std::optional<Param> Params::next(std::string_view& rest) {
  auto text = rest;
  detail::skip_lws(text);
  if (!text.starts_with(';')) {
    rest = text;
    return std::nullopt;
  }
  text.remove_prefix(1);
  Param param;
  std::size_t size = 0;
  while (size != text.size() && text.data()[size] != '=' && text.data()[size] != ';') ++size;
  param.name = detail::trim(text.substr(0, size));
  text.remove_prefix(size);
  if (text.starts_with('=')) {
    text.remove_prefix(1);
    detail::skip_lws(text);
    param.value = take_value(text);
  }
  rest = text;
  return param;
}

}  // namespace offhook::inline v0::sip
