#include <offhook/agent/config/json_tree.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

namespace offhook::inline v0::agent::config {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxShownName = 48;

/// Builds the tree as the parser goes. What the library says of an error is dropped: it quotes the text, which holds the
/// password.
class TreeBuilder final : public nlohmann::json_sax<Json> {
 public:
  TreeBuilder(std::string_view text, std::string_view source, std::vector<Problem>& problems)
      : text_(text), source_(source), problems_(problems) {}

  bool null() override { return add({}); }
  bool boolean(bool value) override {
    JsonValue leaf{.kind = JsonValue::Kind::Flag};
    leaf.flag = value;
    return add(std::move(leaf));
  }
  bool number_integer(number_integer_t value) override { return add_integer(value); }
  bool number_unsigned(number_unsigned_t value) override {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    return add_integer(value > static_cast<number_unsigned_t>(most) ? most : static_cast<std::int64_t>(value));
  }
  bool number_float(number_float_t, const string_t&) override { return add({.kind = JsonValue::Kind::Real}); }
  bool string(string_t& value) override {
    JsonValue leaf{.kind = JsonValue::Kind::Text};
    leaf.text = std::move(value);
    return add(std::move(leaf));
  }
  bool binary(binary_t&) override { return false; }  // Not in JSON text.

  bool start_object(std::size_t) override { return open({.kind = JsonValue::Kind::Object}); }
  bool start_array(std::size_t) override { return open({.kind = JsonValue::Kind::List}); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    const auto& members = open_.back()->members;
    if (std::any_of(members.begin(), members.end(), [&](const auto& member) { return member.first == name; })) {
      problems_.push_back({pointer() + pointer_step(name), "stands twice in the file: keep one of them"});
    }
    name_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    const auto before = text_.substr(0, position == 0 ? 0 : std::min(position - 1, text_.size()));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto line_start = before.rfind('\n');
    const auto column = before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
    problems_.push_back({std::string(source_) + ":" + std::to_string(line) + ":" + std::to_string(column),
                        "is not JSON from here on: look for a missing comma, quote or brace"});
    return false;
  }

  JsonValue root;

 private:
  bool add_integer(std::int64_t value) {
    JsonValue leaf{.kind = JsonValue::Kind::Integer};
    leaf.integer = value;
    return add(std::move(leaf));
  }
  bool add(JsonValue value) {
    place(std::move(value));
    return true;
  }
  JsonValue* place(JsonValue value) {
    if (open_.empty()) {
      root = std::move(value);
      return &root;
    }
    JsonValue& parent = *open_.back();
    if (parent.kind == JsonValue::Kind::List) return &parent.items.emplace_back(std::move(value));
    return &parent.members.emplace_back(std::move(name_), std::move(value)).second;
  }
  bool open(JsonValue value) {
    if (open_.size() == kMaxDepth) {
      problems_.push_back({std::string(source_), "is nested more than " + std::to_string(kMaxDepth) + " levels deep"});
      return false;
    }
    open_.push_back(place(std::move(value)));  // Stays valid: a parent gets no further child while this one is open.
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  std::string pointer() const {
    std::string path;
    for (std::size_t i = 1; i < open_.size(); ++i) {
      const JsonValue& parent = *open_[i - 1];
      path += parent.kind == JsonValue::Kind::List ? "/" + std::to_string(parent.items.size() - 1)
                                                   : pointer_step(parent.members.back().first);
    }
    return path;
  }

  std::string_view text_, source_;  // Borrowed from read_json's caller, for as long as it runs.
  std::vector<Problem>& problems_;
  std::vector<JsonValue*> open_;
  std::string name_;
};

}  // namespace

std::string pointer_step(std::string_view name) {
  if (name.size() > kMaxShownName) return "/(a name of " + std::to_string(name.size()) + " octets)";
  std::string step = "/";
  for (const char c : name) {
    if (c == '~') step += "~0";
    else if (c == '/') step += "~1";
    else step += c >= ' ' && c <= '~' ? c : '?';
  }
  return step;
}

std::optional<JsonValue> read_json(std::string_view text, std::string_view source, std::vector<Problem>& problems) {
  TreeBuilder builder(text, source, problems);
  const std::size_t before = problems.size();
  bool complete = false;
  try {
    complete = Json::sax_parse(text, &builder);
  } catch (const std::exception&) {  // The library reports through parse_error; this is for what it does not say it throws.
    complete = false;
  }
  if (complete) return std::move(builder.root);
  if (problems.size() == before) problems.push_back({std::string(source), "cannot be read as JSON"});
  return std::nullopt;
}

}  // namespace offhook::inline v0::agent::config
