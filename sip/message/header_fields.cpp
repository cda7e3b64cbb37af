#include <offhook/sip/message/header_fields.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/message.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace offhook::inline v0::sip {

namespace {

using Sizes = std::array<std::uint32_t, 2>;

std::size_t size_of(std::string_view name, std::string_view value) { return sizeof(Sizes) + name.size() + value.size(); }

void append(std::string& text, std::string_view name, std::string_view value) {
  const Sizes sizes{static_cast<std::uint32_t>(name.size()), static_cast<std::uint32_t>(value.size())};
  text.append(reinterpret_cast<const char*>(sizes.data()), sizeof sizes);
  text.append(name).append(value);
}

template <class Fields>
std::shared_ptr<const std::string> text_of(const Fields& fields) {
  if (fields.size() == 0) return nullptr;
  auto text = std::make_shared<std::string>();
  for (const auto& [name, value] : fields) append(*text, name, value);
  return text;
}

}  // namespace

HeaderFields::Field HeaderFields::Iterator::operator*() const {
  Sizes sizes;
  std::memcpy(sizes.data(), at_, sizeof sizes);
  const char* name = at_ + sizeof sizes;
  return {{name, sizes[0]}, {name + sizes[0], sizes[1]}};
}

HeaderFields::Iterator& HeaderFields::Iterator::operator++() {
  const auto [name, value] = **this;
  at_ = value.data() + value.size();
  return *this;
}

HeaderFields::HeaderFields(std::initializer_list<Field> fields) : text_(text_of(fields)) {}
HeaderFields::HeaderFields(const HeaderList& fields) : text_(text_of(fields)) {}

HeaderFields::HeaderFields(const Message& message, bool (*wanted)(HeaderName)) {
  std::size_t size = 0;
  for (const Header& header : message.headers()) size += wanted(header.id) ? size_of(header.name, header.value) : 0;
  if (size == 0) return;
  auto text = std::make_shared<std::string>();
  text->reserve(size);
  for (const Header& header : message.headers()) {
    if (wanted(header.id)) append(*text, header.name, header.value);
  }
  text_ = std::move(text);
}

std::optional<std::string_view> HeaderFields::find(std::string_view name) const {
  const HeaderName id = parse_header_name(name);
  const auto is_it = [&](const Field& field) {
    return id == HeaderName::Other ? base::iequals(field.first, name) : parse_header_name(field.first) == id;
  };
  const auto at = std::find_if(begin(), end(), is_it);
  return at == end() ? std::nullopt : std::optional((*at).second);
}

HeaderList HeaderFields::list() const {
  HeaderList fields;
  for (const auto& [name, value] : *this) fields.emplace_back(name, value);
  return fields;
}

}  // namespace offhook::inline v0::sip
