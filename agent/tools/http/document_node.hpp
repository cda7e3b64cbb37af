#pragma once

#include <offhook/agent/providers/json_in.hpp>
#include <offhook/agent/tools/http/document_fault.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools::http {

inline constexpr std::size_t kMaxDocumentBytes = 4U << 20U;
inline constexpr std::size_t kMaxDocumentDepth = 64;
inline constexpr std::size_t kMaxReferenceHops = 8;  ///< a $ref that leads to a $ref that leads to ...

/// A value in a document, and where it stands. Borrows the value from the parser that read it.
struct Node {
  json::Element value;
  std::string pointer;

  [[nodiscard]] std::optional<Node> member(std::string_view name) const;
  [[nodiscard]] std::string_view text(std::string_view name) const { return json::text(value, name); }
  [[nodiscard]] bool flag(std::string_view name) const { return json::flag(value, name); }
  /// Of the list `name`; empty when there is none.
  [[nodiscard]] std::vector<Node> items(std::string_view name) const;
  /// Of the object that this is; empty when it is none.
  [[nodiscard]] std::vector<std::pair<std::string_view, Node>> members() const;
  [[nodiscard]] DocumentFault fault(std::string what) const { return {pointer, std::move(what)}; }
};

/// The whole of a document: an object in which no name stands twice in one place, of which two readers might believe different
/// ones.
[[nodiscard]] Read<Node> parse_document(json::Parser& parser, std::string_view text);

/// `node`, or what its `$ref` leads to within the document: RFC 6901 section 6.
[[nodiscard]] Read<Node> resolve(const Node& document, Node node);

}  // namespace offhook::inline v0::agent::tools::http
