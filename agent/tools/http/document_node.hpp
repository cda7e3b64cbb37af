#pragma once

#include <offhook/agent/support/json_in.hpp>
#include <offhook/agent/tools/http/document_fault.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools::http {

inline constexpr std::size_t kMaxDocumentBytes = 4U << 20U;
inline constexpr std::size_t kMaxDocumentDepth = 64;
inline constexpr std::size_t kMaxReferenceHops = 8;  ///< maximum length of a chain of $ref to $ref

/// A value in a document, and its place. It borrows the value from the parser.
struct Node {
  json::Element value;
  std::string pointer;

  [[nodiscard]] std::optional<Node> member(std::string_view name) const;
  [[nodiscard]] std::string_view text(std::string_view name) const { return json::text(value, name); }
  [[nodiscard]] bool flag(std::string_view name) const { return json::flag(value, name); }
  /// Returns the items of the list `name`. Returns no items if there is no such list.
  [[nodiscard]] std::vector<Node> items(std::string_view name) const;
  /// Returns the members of this object. Returns no members if this is not an object.
  [[nodiscard]] std::vector<std::pair<std::string_view, Node>> members() const;
  [[nodiscard]] DocumentFault fault(std::string what) const { return {pointer, std::move(what)}; }
};

/// Parses a whole document. It must be an object without repeated names, because two readers could use different values of a repeated name.
[[nodiscard]] Read<Node> parse_document(json::Parser& parser, std::string_view text);

/// Returns `node`, or the target of its `$ref` within the document: RFC 6901 section 6.
[[nodiscard]] Read<Node> resolve(const Node& document, Node node);

}  // namespace offhook::inline v0::agent::tools::http
