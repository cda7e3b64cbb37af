#include <offhook/agent/tools/granted_arguments.hpp>

#include <offhook/agent/support/json_tree.hpp>
#include <offhook/agent/tools/argument_value.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace offhook::inline v0::agent::tools {

namespace {

using Fault = std::optional<SchemaFault>;

constexpr std::array<std::string_view, 7> kTypes{"string", "integer", "number", "boolean", "null", "array", "object"};
constexpr std::string_view kRounded = "a number that cannot be represented exactly", kExact = "a whole number of 64 bits, or one below 2^53";
constexpr std::string_view kKeywords = "type, enum, const, minimum, maximum, exclusiveMinimum, exclusiveMaximum, minLength, maxLength, title, description";

bool is_remark(std::string_view keyword) {
  return keyword == "title" || keyword == "description" || keyword == "$comment" || keyword == "$schema";
}

/// Parses one member of "properties".
class RuleReader {
 public:
  RuleReader(std::string_view name, std::string place) : place_(std::move(place)) { rule_.name = name; }

  [[nodiscard]] Fault read(const json::Element& about) {
    if (!about.is_object()) return SchemaFault{place_, "a member whose description is not an object", "an object, such as {\"maximum\": 50}"};
    for (const auto& [keyword, value] : simdjson::dom::object(about.get_object().value_unsafe())) {
      if (auto fault = read_keyword(keyword, value)) return fault;
    }
    return look_at_all();
  }
  [[nodiscard]] ArgumentRule take() { return std::move(rule_); }

 private:
  [[nodiscard]] Fault fault(std::string_view keyword, std::string found, std::string allowed) const {
    return SchemaFault{place_ + pointer_step(keyword), std::move(found), std::move(allowed)};
  }

  [[nodiscard]] Fault read_keyword(std::string_view keyword, const json::Element& value) {
    if (is_remark(keyword)) return std::nullopt;
    if (keyword == "type") return read_type(value);
    if (keyword == "enum") return read_choices(value);
    if (keyword == "const") return add_choice(keyword, value);
    if (keyword == "minimum") return read_bound(keyword, value, rule_.minimum);
    if (keyword == "maximum") return read_bound(keyword, value, rule_.maximum);
    if (keyword == "exclusiveMinimum") return read_bound(keyword, value, rule_.above);
    if (keyword == "exclusiveMaximum") return read_bound(keyword, value, rule_.below);
    if (keyword == "minLength") return read_length(keyword, value, rule_.least_characters);
    if (keyword == "maxLength") return read_length(keyword, value, rule_.most_characters);
    return fault(keyword, "a word of JSON Schema that Offhook does not check", std::string(kKeywords));
  }

  [[nodiscard]] Fault read_type(const json::Element& value) {
    const auto add = [this](const json::Element& type) {
      std::string_view word;
      const bool is_one = type.get(word) == simdjson::SUCCESS && std::find(kTypes.begin(), kTypes.end(), word) != kTypes.end();
      if (is_one) rule_.types.emplace_back(word);
      return is_one;
    };
    bool good = true;
    if (value.is_array()) {
      for (const json::Element type : simdjson::dom::array(value.get_array().value_unsafe())) good = good && add(type);
    } else {
      good = add(value);
    }
    if (good && !rule_.types.empty()) return std::nullopt;
    return fault("type", "an unknown type, or none", "string, integer, number, boolean, null, array, object, or a list of some");
  }

  [[nodiscard]] Fault read_choices(const json::Element& value) {
    if (!value.is_array() || value.get_array().value_unsafe().size() == 0) return fault("enum", "an empty list, or no list", "a list of the allowed values");
    for (const json::Element choice : simdjson::dom::array(value.get_array().value_unsafe())) {
      if (auto wrong = add_choice("enum", choice)) return wrong;
    }
    return std::nullopt;
  }

  [[nodiscard]] Fault add_choice(std::string_view keyword, const json::Element& value) {
    if (value.is_array() || value.is_object()) return fault(keyword, "a list or an object to compare with", "texts, numbers, true, false and null");
    if (std::exchange(chosen_by_, keyword) != keyword && rule_.chosen) return fault(keyword, "both enum and const", "one of them");
    ArgumentValue choice = value_of(value);
    if (is_rounded(choice)) return fault(keyword, std::string(kRounded), std::string(kExact));
    rule_.chosen = true;
    rule_.choices.push_back(std::move(choice));
    return std::nullopt;
  }

  [[nodiscard]] Fault read_bound(std::string_view keyword, const json::Element& value, std::optional<ExactNumber>& out) {
    if (!value.is_number()) return fault(keyword, "a value that is not a number", "a number");
    const ArgumentValue bound = value_of(value);
    if (is_rounded(bound)) return fault(keyword, std::string(kRounded), std::string(kExact));
    out = exact_number(bound);
    return std::nullopt;
  }

  [[nodiscard]] Fault read_length(std::string_view keyword, const json::Element& value, std::optional<std::size_t>& out) {
    if (!value.is_int64() || value.get_int64().value_unsafe() < 0) return fault(keyword, "a value that is not a count of characters", "a whole number from 0");
    out = static_cast<std::size_t>(value.get_int64().value_unsafe());
    return std::nullopt;
  }

  /// Detects keywords that contradict each other. It does not detect that 1 < x < 2 allows no integer.
  [[nodiscard]] Fault look_at_all() const {
    const auto has = [this](std::string_view type) { return rule_.types.empty() || std::find(rule_.types.begin(), rule_.types.end(), type) != rule_.types.end(); };
    const bool counts = rule_.has_number_bounds(), measures = rule_.has_length_bounds();
    if (counts && measures) return SchemaFault{place_, "bounds of a number and of a text", "bounds of one of the two"};
    if (counts && !has("number") && !has("integer")) return fault("type", "a type that does not match its bounds", "number or integer");
    if (measures && !has("string")) return fault("type", "a type that does not match its bounds", "string");
    if (are_crossed()) return SchemaFault{place_, "a lower bound above the upper one", "bounds that allow a value"};
    if (rule_.least_characters && rule_.most_characters && *rule_.least_characters > *rule_.most_characters)
      return fault("minLength", "a minLength above maxLength", "a minLength that allows a text");
    const auto fits = [this](const ArgumentValue& choice) { return rule_.complaint(choice).empty(); };
    if (rule_.chosen && !std::all_of(rule_.choices.begin(), rule_.choices.end(), fits))
      return fault(chosen_by_, "a value that the type or the bounds exclude", "values that the type and the bounds allow");
    return std::nullopt;
  }

  [[nodiscard]] bool are_crossed() const {
    const auto crossed = [](const auto& low, const auto& high) { return low && high && *low > *high; };
    const auto touching = [](const auto& low, const auto& high) { return low && high && *low >= *high; };
    return crossed(rule_.minimum, rule_.maximum) || touching(rule_.minimum, rule_.below) || touching(rule_.above, rule_.maximum) ||
           touching(rule_.above, rule_.below);
  }

  std::string place_;
  std::string_view chosen_by_;
  ArgumentRule rule_;
};

/// Parses the whole schema.
class GrantReader {
 public:
  [[nodiscard]] Fault read(const json::Element& root) {
    if (!root.is_object()) return SchemaFault{"", "a value that is not an object", "a JSON Schema of an object"};
    for (const auto& [keyword, value] : simdjson::dom::object(root.get_object().value_unsafe())) {
      if (auto fault = read_keyword(keyword, value)) return fault;
    }
    for (const std::string& name : required_) require(name);
    if (rules_.size() > kMaxArgumentMembers) return too_many();
    if (rules_.empty() && open_) return SchemaFault{"", "a schema that allows anything", "properties, with the allowed values of each argument"};
    return std::nullopt;
  }
  [[nodiscard]] ArgumentSchema take() { return {std::move(rules_), open_}; }

 private:
  static SchemaFault too_many() { return {"/properties", "too many members", "at most " + std::to_string(kMaxArgumentMembers)}; }

  [[nodiscard]] Fault read_keyword(std::string_view keyword, const json::Element& value) {
    if (is_remark(keyword)) return std::nullopt;
    if (keyword == "properties") return read_properties(value);
    if (keyword == "required") return read_required(value);
    if (std::string_view type; keyword == "type" && value.get(type) == simdjson::SUCCESS && type == "object") return std::nullopt;
    if (keyword == "type") return SchemaFault{"/type", "another type", "\"object\": arguments are the members of one"};
    if (keyword == "additionalProperties" && value.is_bool()) {
      open_ = value.get_bool().value_unsafe();
      return std::nullopt;
    }
    if (keyword == "additionalProperties") return SchemaFault{"/additionalProperties", "a schema", "true or false"};
    return SchemaFault{pointer_step(keyword), "a word of JSON Schema that Offhook does not check",
                       "type, properties, required, additionalProperties, title, description"};
  }

  [[nodiscard]] Fault read_properties(const json::Element& value) {
    if (!value.is_object()) return SchemaFault{"/properties", "a value that is not an object", "an object with the names of arguments"};
    for (const auto& [name, about] : simdjson::dom::object(value.get_object().value_unsafe())) {
      if (rules_.size() == kMaxArgumentMembers) return too_many();
      RuleReader reader(name, "/properties" + pointer_step(name));
      if (auto fault = reader.read(about)) return fault;
      rules_.push_back(reader.take());
    }
    return std::nullopt;
  }

  [[nodiscard]] Fault read_required(const json::Element& value) {
    SchemaFault wrong{"/required", "a value that is not a list of names", "a list of the names of arguments"};
    if (!value.is_array()) return wrong;
    for (const json::Element item : simdjson::dom::array(value.get_array().value_unsafe())) {
      std::string_view name;
      if (item.get(name) != simdjson::SUCCESS) return wrong;
      required_.emplace_back(name);
    }
    return std::nullopt;
  }

  void require(const std::string& name) {
    auto at = std::find_if(rules_.begin(), rules_.end(), [&](const ArgumentRule& rule) { return rule.name == name; });
    if (at == rules_.end()) {
      at = rules_.emplace(at);
      at->name = name;
    }
    at->required = true;
  }

  std::vector<ArgumentRule> rules_;
  std::vector<std::string> required_;
  bool open_ = true;
};

}  // namespace

base::Result<ArgumentSchema, SchemaFault> read_granted_arguments(std::string_view json) {
  if (json.size() > kMaxSchemaBytes)
    return base::fail(SchemaFault{"", "a schema of more than " + std::to_string(kMaxSchemaBytes) + " octets", "a shorter one"});
  json::Parser parser;
  const auto root = json::parse(parser, json);
  if (!root) return base::fail(SchemaFault{"", "text that is not JSON", "a JSON Schema of an object"});
  GrantReader reader;
  if (auto fault = reader.read(*root)) return base::fail(*std::move(fault));
  return reader.take();
}

base::Result<HeldSchemas, std::string> hold_schemas(std::string_view parameters, std::string_view granted) {
  HeldSchemas held;
  held.shown = parameters.empty() ? R"({"type":"object","properties":{}})" : std::string(parameters);
  const auto own = ArgumentSchema::parse(held.shown);
  if (!own) return base::fail(std::string("its source gives no schema that can be used"));
  held.of_tool = *own;
  if (granted.empty()) return held;
  const auto narrower = read_granted_arguments(granted);
  if (!narrower) return base::fail(std::string("its grant has a schema that cannot be used"));
  if (const auto misfit = own->misfit(*narrower)) return base::fail("its grant " + *misfit);
  held.granted = *narrower;
  held.shown = narrowed(held.shown, granted);
  if (!ArgumentSchema::parse(held.shown)) return base::fail(std::string("its source gives a schema that cannot be narrowed"));
  return held;
}

}  // namespace offhook::inline v0::agent::tools
