#include <offhook/sip/subscription/packages/xml.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/subscription/packages/xml_text.hpp>

namespace offhook::inline v0::sip::packages {

namespace {

constexpr std::size_t kNone = std::string_view::npos;

/// Returns the position of the `>` that ends the tag at `at`, or kNone. Ignores `>` in quotes.
std::size_t end_of_tag(std::string_view body, std::size_t at) {
  char quote = 0;
  for (; at < body.size(); ++at) {
    const char c = body[at];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return at;
    }
  }
  return kNone;
}

std::string_view local(std::string_view name) {
  const auto colon = name.find(':');
  return colon == kNone ? name : name.substr(colon + 1);
}

/// Returns the namespace of an element's prefix. Searches from the element upwards, and uses the first declaration.
std::string_view space_of(pugi::xml_node node) {
  const std::string_view name = node.name();
  const auto colon = name.find(':');
  const std::string wanted = colon == kNone ? "xmlns" : "xmlns:" + std::string(name.substr(0, colon));
  for (; node; node = node.parent()) {
    if (const auto declared = node.attribute(wanted.c_str())) return declared.value();
  }
  return {};
}

bool is_element(pugi::xml_node node, std::string_view name, std::string_view space) {
  return node.type() == pugi::node_element && local(node.name()) == name && space_of(node) == space;
}

struct StringWriter final : pugi::xml_writer {
  std::string text;
  void write(const void* data, std::size_t size) override { text.append(static_cast<const char*>(data), size); }
};

}  // namespace

base::Result<void, PackageError> check_xml(std::string_view body) {
  if (body.size() > kMaxBodyBytes) return base::fail(PackageError::TooLarge);
  std::size_t depth = 0, elements = 0;
  const auto skip_past = [&](std::size_t at, std::string_view end) {
    const auto found = body.find(end, at);
    return found == kNone ? kNone : found + end.size();
  };
  for (std::size_t at = body.find('<'); at != kNone; at = body.find('<', at)) {
    const auto rest = body.substr(at);
    if (rest.starts_with("<!--")) {
      at = skip_past(at + 4, "-->");
    } else if (rest.starts_with("<![CDATA[")) {
      at = skip_past(at, "]]>");
    } else if (rest.starts_with("<!")) {
      return base::fail(PackageError::Forbidden);
    } else if (rest.starts_with("<?")) {
      at = skip_past(at, "?>");
    } else {
      const auto end = end_of_tag(body, at);
      if (end == kNone) return base::fail(PackageError::Malformed);
      if (rest.starts_with("</")) {
        if (depth == 0) return base::fail(PackageError::Malformed);
        --depth;
      } else {
        if (++elements > kMaxXmlElements) return base::fail(PackageError::TooMany);
        if (depth + 1 > kMaxXmlDepth) return base::fail(PackageError::TooDeep);
        if (body[end - 1] != '/') ++depth;
      }
      at = end + 1;
    }
    if (at == kNone) return base::fail(PackageError::Malformed);
  }
  if (elements == 0 || depth != 0) return base::fail(PackageError::Malformed);
  return {};
}

base::Result<void, PackageError> load_xml(std::string_view body, std::string_view root, std::string_view space,
                                          pugi::xml_document& into) {
  if (const auto checked = check_xml(body); !checked) return checked;
  constexpr unsigned kFlags = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_wconv_attribute | pugi::parse_eol;
  if (!into.load_buffer(body.data(), body.size(), kFlags, pugi::encoding_utf8)) return base::fail(PackageError::Malformed);
  if (!is_element(into.document_element(), root, space)) return base::fail(PackageError::WrongDocument);
  return {};
}

pugi::xml_node first_child(pugi::xml_node parent, std::string_view name) {
  const auto space = space_of(parent);
  for (auto node = parent.first_child(); node; node = node.next_sibling()) {
    if (is_element(node, name, space)) return node;
  }
  return {};
}

pugi::xml_node next_sibling(pugi::xml_node node, std::string_view name) {
  const auto space = space_of(node);
  for (node = node.next_sibling(); node; node = node.next_sibling()) {
    if (is_element(node, name, space)) return node;
  }
  return {};
}

std::string trimmed(std::string_view text) { return std::string(base::trim(text)); }

std::string child_text(pugi::xml_node parent, std::string_view name) { return trimmed(first_child(parent, name).text().get()); }

namespace {

base::Result<std::optional<std::uint32_t>, PackageError> number_from(std::string_view text, bool present) {
  if (!present) return std::optional<std::uint32_t>();
  const auto number = base::parse_number<std::uint32_t>(base::trim(text));
  if (!number) return base::fail(PackageError::BadValue);
  return number;
}

}  // namespace

base::Result<std::optional<std::uint32_t>, PackageError> number_of(pugi::xml_attribute attribute) {
  return number_from(attribute.value(), !attribute.empty());
}

base::Result<std::optional<std::uint32_t>, PackageError> number_in(pugi::xml_node parent, std::string_view name) {
  const auto node = first_child(parent, name);
  return number_from(node.text().get(), !node.empty());
}

pugi::xml_node begin_xml(pugi::xml_document& document, const char* root, const char* space) {
  auto declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  auto node = document.append_child(root);
  node.append_attribute("xmlns") = space;
  return node;
}

void add_text(pugi::xml_node parent, const char* name, std::string_view text) {
  if (!text.empty()) parent.append_child(name).text().set(xml_text(text).c_str());
}

void add_attribute(pugi::xml_node node, const char* name, std::string_view value) {
  if (!value.empty()) node.append_attribute(name).set_value(xml_text(value).c_str());
}

std::string save_xml(const pugi::xml_document& document) {
  StringWriter writer;
  document.save(writer, "", pugi::format_raw, pugi::encoding_utf8);
  return std::move(writer.text);
}

}  // namespace offhook::inline v0::sip::packages
