#include <offhook/agent/support/json_tree.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

namespace offhook::inline v0::agent {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxShownName = 48;

/// Returns the library's explanation without the text of the file that it quotes. The library writes "... - FOUND; last read: 'TEXT'; expected WHAT".
std::string fault_of(std::string_view said) {
  constexpr std::string_view kBefore = "syntax error while parsing ", kQuote = "; last read: ";
  if (said.find("number overflow") != std::string_view::npos) return "a number that is too large";
  const auto begin = said.find(kBefore);
  if (begin == std::string_view::npos) return "text that is not JSON";
  said.remove_prefix(begin + kBefore.size());
  const auto dash = said.find(" - ");
  if (dash == std::string_view::npos) return "text that is not JSON";
  return std::string(said.substr(dash + 3, std::min(said.find(kQuote), said.find("; expected ")) - dash - 3));
}

/// Builds the tree while the parser runs. Omits the library's own error texts, because they quote the configuration, which may contain a password.
class TreeBuilder final : public nlohmann::json_sax<Json> {
 public:
  TreeBuilder(std::string_view text, std::string_view source, std::vector<Problem>& problems, const JsonBounds& bounds)
      : text_(text), source_(source), problems_(problems), bounds_(bounds) {}

  bool null() override { return add({}); }
  bool boolean(bool value) override {
    JsonValue leaf{.kind = JsonValue::Kind::Flag};
    leaf.flag = value;
    return add(std::move(leaf));
  }
  bool number_integer(number_integer_t value) override { return add_integer(value); }
  bool number_unsigned(number_unsigned_t value) override {
    constexpr auto most = static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max());
    if (value <= most) return add_integer(static_cast<std::int64_t>(value));
    JsonValue leaf{.kind = JsonValue::Kind::Integer};
    leaf.integer = std::numeric_limits<std::int64_t>::max();
    leaf.real = static_cast<number_float_t>(value);
    return add(std::move(leaf));
  }
  bool number_float(number_float_t value, const string_t&) override {
    JsonValue leaf{.kind = JsonValue::Kind::Real};
    leaf.real = value;
    return add(std::move(leaf));
  }
  bool string(string_t& value) override {
    JsonValue leaf{.kind = JsonValue::Kind::Text};
    leaf.text = std::move(value);
    return add(std::move(leaf));
  }
  bool binary(binary_t&) override { return false; }  // JSON text has no binary values.

  bool start_object(std::size_t) override { return open({.kind = JsonValue::Kind::Object}); }
  bool start_array(std::size_t) override { return open({.kind = JsonValue::Kind::List}); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    const auto& members = open_.back()->members;
    if (members.size() == bounds_.members) {
      const std::string most = std::to_string(bounds_.members);
      return refuse(pointer(), "more than " + most + " names", "at most " + most + " in one object");
    }
    if (std::any_of(members.begin(), members.end(), [&](const auto& member) { return member.first == name; })) {
      problems_.push_back({pointer() + pointer_step(name), "this name a second time", "each name once", "keep one of them"});
    }
    name_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    const auto before = text_.substr(0, position == 0 ? 0 : std::min(position - 1, text_.size()));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto line_start = before.rfind('\n');
    const auto column = before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
    problems_.push_back({std::string(source_) + ":" + std::to_string(line) + ":" + std::to_string(column), fault_of(error.what()),
                         "one JSON text (RFC 8259)", "look here, and just before, for a missing or extra comma, quote or brace"});
    return false;
  }

  JsonValue root;

 private:
  bool add_integer(std::int64_t value) {
    JsonValue leaf{.kind = JsonValue::Kind::Integer};
    leaf.integer = value;
    return add(std::move(leaf));
  }
  bool add(JsonValue value) { return !is_full() && (place(std::move(value)), true); }
  /// Returns true when one more entry would exceed the bound of a list, and reports it.
  bool is_full() {
    if (open_.empty() || open_.back()->items.size() < bounds_.items) return false;
    const std::string most = std::to_string(bounds_.items);
    return !refuse(pointer(), "more than " + most + " entries", "at most " + most + " in one list");
  }
  bool refuse(const std::string& where, std::string found, std::string allowed) {
    problems_.push_back({where.empty() ? std::string(source_) : where, std::move(found), std::move(allowed), "remove some of them"});
    return false;
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
    if (is_full()) return false;
    if (open_.size() == bounds_.depth) {
      const std::string most = std::to_string(bounds_.depth) + " levels";
      problems_.push_back({std::string(source_), "braces and brackets nested in more than " + most, "at most " + most, "remove some levels"});
      return false;
    }
    open_.push_back(place(std::move(value)));  // The pointer stays valid: the parent gets no further child while this value is open.
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

  std::string_view text_, source_;  // borrowed from the arguments of read_json() while it runs
  std::vector<Problem>& problems_;
  JsonBounds bounds_;
  std::vector<JsonValue*> open_;
  std::string name_;
};

nlohmann::ordered_json to_library(const JsonValue& value) {
  switch (value.kind) {
    case JsonValue::Kind::Flag: return value.flag;
    case JsonValue::Kind::Integer: return value.real == 0 ? Json(value.integer) : Json(value.real);
    case JsonValue::Kind::Text: return value.text;
    case JsonValue::Kind::List: {
      auto list = nlohmann::ordered_json::array();
      for (const JsonValue& item : value.items) list.push_back(to_library(item));
      return list;
    }
    case JsonValue::Kind::Object: {
      auto object = nlohmann::ordered_json::object();
      for (const auto& [name, member] : value.members) object[name] = to_library(member);
      return object;
    }
    case JsonValue::Kind::Real: return value.real;
    case JsonValue::Kind::Null: break;
  }
  return nullptr;
}

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

std::optional<JsonValue> read_json(std::string_view text, std::string_view source, std::vector<Problem>& problems,
                                   const JsonBounds& bounds) {
  TreeBuilder builder(text, source, problems, bounds);
  const std::size_t before = problems.size();
  bool complete = false;
  try {
    constexpr bool kWhole = true, kWithComments = true;
    complete = Json::sax_parse(text, &builder, nlohmann::detail::input_format_t::json, kWhole, kWithComments);
  } catch (const std::exception&) {  // The library reports errors through parse_error(). Any exception is undocumented.
    complete = false;
  }
  if (complete) return std::move(builder.root);
  if (problems.size() == before)
    problems.push_back({std::string(source), "text that is not JSON", "one JSON text (RFC 8259)", "write settings in braces"});
  return std::nullopt;
}

std::string write_json(const JsonValue& value, unsigned indent) {
  return to_library(value).dump(indent == 0 ? -1 : static_cast<int>(indent), ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

JsonValue json_flag(bool flag) {
  JsonValue value{.kind = JsonValue::Kind::Flag};
  value.flag = flag;
  return value;
}

JsonValue json_integer(std::int64_t integer) {
  JsonValue value{.kind = JsonValue::Kind::Integer};
  value.integer = integer;
  return value;
}

JsonValue json_text(std::string_view text) {
  JsonValue value{.kind = JsonValue::Kind::Text};
  value.text = text;
  return value;
}

JsonValue json_list(const std::vector<std::string>& texts) {
  JsonValue value{.kind = JsonValue::Kind::List};
  for (const std::string& text : texts) value.items.push_back(json_text(text));
  return value;
}

JsonValue json_object(std::vector<std::pair<std::string, JsonValue>> members) {
  JsonValue value{.kind = JsonValue::Kind::Object};
  value.members = std::move(members);
  return value;
}

const JsonValue* member(const JsonValue& object, std::string_view name) {
  for (const auto& [each, value] : object.members) {
    if (each == name) return &value;
  }
  return nullptr;
}

std::string text_of(const JsonValue& object, std::string_view name) {
  const JsonValue* value = member(object, name);
  return value != nullptr ? value->text : std::string();
}

std::string_view name_of(JsonValue::Kind kind) {
  switch (kind) {
    case JsonValue::Kind::Null: return "null";
    case JsonValue::Kind::Flag: return "true or false";
    case JsonValue::Kind::Integer: return "a whole number";
    case JsonValue::Kind::Real: return "a number with a fraction or an exponent";
    case JsonValue::Kind::Text: return "text";
    case JsonValue::Kind::List: return "a list";
    case JsonValue::Kind::Object: return "an object";
  }
  return "";
}

}  // namespace offhook::inline v0::agent
