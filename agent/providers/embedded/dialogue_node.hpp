#pragma once

#include <offhook/agent/providers/embedded/dialogue.hpp>
#include <offhook/base/text.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The values of a dialogue file with their JSON pointers. Only dialogue.cpp includes this, because nlohmann-json is slow to
/// compile.
namespace offhook::inline v0::agent::embedded::detail {

using Json = nlohmann::json;

/// The exception that ends the parsing. Only parse_dialogue() catches it.
struct Refused {
  std::string where, why;
};

inline bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::ranges::all_of(text, [](char c) { return base::is_digit(c) || c == '_' || (base::is_alpha(c) && c == base::to_lower(c)); });
}

/// One value of the file and its JSON pointer.
class Node {
 public:
  Node(const Json& value, std::string where) : value_(&value), where_(std::move(where)) {}

  [[noreturn]] void refuse(std::string why) const { throw Refused{where_.empty() ? "/" : where_, std::move(why)}; }

  void allow_only(std::initializer_list<std::string_view> keys) const {
    if (!value_->is_object()) refuse("must be an object");
    for (const auto& [key, unused] : value_->items()) {
      if (std::ranges::find(keys, key) == keys.end()) Node(*value_, where_ + "/" + key).refuse("is not a known key");
    }
  }

  [[nodiscard]] std::optional<Node> find(const std::string& key) const {
    const auto found = value_->find(key);
    if (found == value_->end()) return std::nullopt;
    return Node(*found, where_ + "/" + key);
  }
  [[nodiscard]] Node need(const std::string& key) const {
    auto found = find(key);
    if (!found) refuse("lacks \"" + key + "\"");
    return *std::move(found);
  }

  [[nodiscard]] std::vector<Node> list(std::size_t limit) const {
    if (!value_->is_array()) refuse("must be a list");
    if (value_->size() > limit) refuse("has more than " + std::to_string(limit) + " entries");
    std::vector<Node> nodes;
    for (std::size_t i = 0; i < value_->size(); ++i) nodes.emplace_back((*value_)[i], where_ + "/" + std::to_string(i));
    return nodes;
  }
  [[nodiscard]] std::vector<std::pair<std::string, Node>> members(std::size_t limit) const {
    if (!value_->is_object()) refuse("must be an object");
    if (value_->size() > limit) refuse("has more than " + std::to_string(limit) + " entries");
    std::vector<std::pair<std::string, Node>> nodes;
    for (const auto& [key, value] : value_->items()) nodes.emplace_back(key, Node(value, where_ + "/" + key));
    return nodes;
  }

  [[nodiscard]] std::string text() const {
    if (!value_->is_string()) refuse("must be a text");
    auto text = value_->get<std::string>();
    if (text.empty() || text.size() > kMaxPhraseBytes) refuse("must have 1 to " + std::to_string(kMaxPhraseBytes) + " characters");
    const auto printable = [](char c) { return c >= ' ' && c <= '~'; };  // The voice and the recogniser support ASCII only.
    if (!std::ranges::all_of(text, printable)) refuse("must be plain ASCII");
    return text;
  }
  [[nodiscard]] std::string name() const {
    auto name = text();
    if (!is_name(name)) refuse("must be lower-case letters, digits and _");
    return name;
  }
  [[nodiscard]] Phrases phrases() const {
    Phrases all;
    for (const Node& node : list(kMaxPhrases)) all.push_back(node.text());
    if (all.empty()) refuse("must not be empty");
    return all;
  }
  [[nodiscard]] bool flag() const {
    if (!value_->is_boolean()) refuse("must be true or false");
    return value_->get<bool>();
  }
  [[nodiscard]] std::size_t count(std::size_t low, std::size_t high) const {
    if (!value_->is_number_unsigned() || value_->get<std::size_t>() < low || value_->get<std::size_t>() > high)
      refuse("must be a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    return value_->get<std::size_t>();
  }
  [[nodiscard]] double fraction() const {
    if (!value_->is_number() || value_->get<double>() < 0 || value_->get<double>() > 1) refuse("must be a number from 0 to 1");
    return value_->get<double>();
  }

 private:
  const Json* value_;  // borrows from the document in parse_dialogue()
  std::string where_;
};

}  // namespace offhook::inline v0::agent::embedded::detail
