#include <offhook/agent/tools/http/document_node.hpp>

#include <offhook/agent/support/json_line.hpp>
#include <offhook/agent/tools/http/percent.hpp>
#include <offhook/base/text.hpp>

#include <set>
#include <utility>

namespace offhook::inline v0::agent::tools::http {

namespace {

constexpr std::size_t kMaxShownReference = 128;

/// Appends a name to a JSON pointer: RFC 6901 section 3.
std::string beneath(const std::string& pointer, std::string_view name) {
  std::string out = pointer + '/';
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::optional<DocumentFault> look(const Node& node, std::size_t depth) {
  if (depth > kMaxDocumentDepth) return node.fault("it is nested more than " + std::to_string(kMaxDocumentDepth) + " deep");
  if (node.value.is_array()) {
    std::size_t index = 0;
    for (const json::Element item : simdjson::dom::array(node.value.get_array().value_unsafe())) {
      const std::size_t here = index++;
      if (!item.is_array() && !item.is_object()) continue;
      if (auto fault = look({item, beneath(node.pointer, std::to_string(here))}, depth + 1)) return fault;
    }
    return std::nullopt;
  }
  std::set<std::string_view> names;
  for (const auto& [name, value] : simdjson::dom::object(node.value.get_object().value_unsafe())) {
    if (!names.insert(name).second) return Node{value, beneath(node.pointer, name)}.fault("this name occurs twice");
    if (!value.is_array() && !value.is_object()) continue;
    if (auto fault = look({value, beneath(node.pointer, name)}, depth + 1)) return fault;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Node> Node::member(std::string_view name) const {
  json::Element found;
  if (value.at_key(name).get(found) != simdjson::SUCCESS) return std::nullopt;
  return Node{found, beneath(pointer, name)};
}

std::vector<Node> Node::items(std::string_view name) const {
  std::vector<Node> all;
  const std::string at = beneath(pointer, name);
  json::for_each(value, name, [&](const json::Element& item) { all.push_back({item, beneath(at, std::to_string(all.size()))}); });
  return all;
}

std::vector<std::pair<std::string_view, Node>> Node::members() const {
  std::vector<std::pair<std::string_view, Node>> all;
  if (!value.is_object()) return all;
  for (const auto& [name, found] : simdjson::dom::object(value.get_object().value_unsafe())) all.emplace_back(name, Node{found, beneath(pointer, name)});
  return all;
}

Read<Node> parse_document(json::Parser& parser, std::string_view text) {
  if (text.size() > kMaxDocumentBytes) return base::fail(DocumentFault{"", "it is longer than " + std::to_string(kMaxDocumentBytes) + " octets"});
  const auto root = json::parse(parser, text);
  if (!root) return base::fail(DocumentFault{"", base::trim(text).starts_with('{') ? "it is not JSON" : "it is not JSON: an OpenAPI document in YAML must be written as JSON first"});
  if (!root->is_object()) return base::fail(DocumentFault{"", "it is not an object"});
  Node document{*root, {}};
  if (auto fault = look(document, 1)) return base::fail(std::move(*fault));
  return document;
}

Read<Node> resolve(const Node& document, Node node) {
  for (std::size_t hops = 0;; ++hops) {
    json::Element reference;
    if (node.value.at_key("$ref").get(reference) != simdjson::SUCCESS) return node;
    const std::string_view where = node.text("$ref");
    const auto broken = [&](const std::string& why) { return base::fail(node.fault("its $ref \"" + printable(where, kMaxShownReference) + "\" " + why)); };
    if (!where.starts_with("#/")) return broken("leads out of the document: a reference must begin with #/");
    if (hops == kMaxReferenceHops) return broken("follows too many references in a row");
    const auto pointer = percent_decoded(where.substr(1));
    json::Element target;
    if (!pointer || document.value.at_pointer(*pointer).get(target) != simdjson::SUCCESS) return broken("leads nowhere");
    node = {target, *pointer};
  }
}

}  // namespace offhook::inline v0::agent::tools::http
