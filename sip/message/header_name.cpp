#include <offhook/sip/message/header_name.hpp>

#include <offhook/sip/message/detail/header_lookup.hpp>

namespace offhook::inline v0::sip {

HeaderName parse_header_name(std::string_view name) {
  using base::Block;
  if (name.empty()) return HeaderName::Other;
  const auto head = name.size() < Block::kSize ? Block::load_part(name.data(), name.size()) : Block::load(name.data());
  return detail::find_header_name(head, name.data(), name.size());
}

std::string_view to_string(HeaderName name) {
  return name == HeaderName::Other ? "" : detail::kHeaderTexts[static_cast<std::size_t>(name)];
}

}  // namespace offhook::inline v0::sip
