#include <offhook/agent/tools/http/bound_request.hpp>

#include <offhook/agent/net/web_socket_url.hpp>
#include <offhook/agent/support/json_in.hpp>
#include <offhook/agent/support/json_text.hpp>
#include <offhook/agent/support/url_text.hpp>
#include <offhook/agent/tools/http/path_value.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <optional>

namespace offhook::inline v0::agent::tools::http {

namespace {

using In = Parameter::In;
using Complaint = std::optional<std::string>;

std::string named(std::string_view argument) { return "\"" + std::string(argument) + "\""; }

bool is_of_type(const json::Element& value, std::string_view type) {
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_bool();
  if (type == "number") return value.is_number();
  return type == "integer" && (value.is_int64() || value.is_uint64());
}

/// Binds the arguments of one call to a request.
class Binder {
 public:
  Binder(const Operation& operation, const json::Element& arguments) : operation_(operation), arguments_(arguments) {}

  [[nodiscard]] Complaint bind() {
    request_.method = operation_.method;
    if (auto wrong = complaint_of_strangers()) return wrong;
    if (auto wrong = write_path()) return wrong;
    if (auto wrong = write_query()) return wrong;
    if (auto wrong = write_headers()) return wrong;
    if (auto wrong = write_body()) return wrong;
    if (request_.target.size() > kMaxTargetBytes) return "the arguments are too long.";
    return {};
  }
  [[nodiscard]] BoundRequest take() { return std::move(request_); }

 private:
  [[nodiscard]] bool is_known(std::string_view name) const {
    const auto same = [name](const auto& one) { return one.argument == name; };
    const auto& members = operation_.body.members;
    return (operation_.body.what == Body::What::Whole && name == kBodyArgument) || std::any_of(members.begin(), members.end(), same) ||
           std::any_of(operation_.parameters.begin(), operation_.parameters.end(), same);
  }

  [[nodiscard]] Complaint complaint_of_strangers() const {
    for (const auto& [name, value] : simdjson::dom::object(arguments_.get_object().value_unsafe())) {
      if (!is_known(name)) return "the arguments have a name that this tool does not know.";
    }
    return {};
  }

  /// Returns one value as text, not encoded.
  [[nodiscard]] base::Result<std::string, std::string> text_of(const Parameter& parameter, const json::Element& value) const {
    const auto fits = [&value](const std::string& type) { return is_of_type(value, type); };
    const bool is_scalar = value.is_string() || value.is_number() || value.is_bool();
    if (!is_scalar || (!parameter.types.empty() && std::none_of(parameter.types.begin(), parameter.types.end(), fits)))
      return base::fail(named(parameter.argument) + (parameter.types.empty() ? " must be a text, a number, or true or false." : " must be of the type " + parameter.types.front() + "."));
    const auto& choices = parameter.choices;
    if (!choices.empty() && std::find(choices.begin(), choices.end(), std::string(simdjson::minify(value))) == choices.end())
      return base::fail(named(parameter.argument) + " must be one of its list.");
    return json::text_or_json(value);
  }

  /// Returns the values of a parameter; empty if an optional parameter is missing.
  [[nodiscard]] base::Result<std::vector<std::string>, std::string> texts_of(const Parameter& parameter) const {
    std::vector<std::string> texts;
    const auto value = json::member(arguments_, parameter.argument);
    if (!value && parameter.required) return base::fail(named(parameter.argument) + " is missing.");
    if (!value) return texts;
    if (!parameter.list) {
      auto text = text_of(parameter, *value);
      if (!text) return base::fail(std::move(text.error()));
      texts.push_back(std::move(*text));
      return texts;
    }
    simdjson::dom::array list;
    if (value->get(list) != simdjson::SUCCESS) return base::fail(named(parameter.argument) + " must be a list.");
    for (const json::Element item : list) {
      auto text = text_of(parameter, item);
      if (!text) return base::fail(std::move(text.error()));
      texts.push_back(std::move(*text));
    }
    if (texts.empty() && parameter.required) return base::fail(named(parameter.argument) + " is an empty list.");
    return texts;
  }

  [[nodiscard]] Complaint write_path() {
    std::string decoded;  // The whole path, decoded, must be checked too: a value next to a `.` of the template could form `..`.
    for (const PathPiece& piece : operation_.path) {
      if (!piece.is_parameter) {
        request_.target += piece.text;
        decoded += piece.text;
        continue;
      }
      const auto meant = [&piece](const Parameter& p) { return p.in == In::Path && p.name == piece.text; };
      const auto parameter = std::find_if(operation_.parameters.begin(), operation_.parameters.end(), meant);
      if (parameter == operation_.parameters.end()) return "the tool is broken.";
      const auto texts = texts_of(*parameter);
      if (!texts) return texts.error();
      const bool is_good = !texts->empty() && std::all_of(texts->begin(), texts->end(), is_path_value);
      if (!is_good) return named(parameter->argument) + " cannot be a part of an address.";
      for (std::size_t i = 0; i < texts->size(); ++i) {
        request_.target += (i > 0 ? "," : "") + percent_encoded((*texts)[i]);
        decoded += (i > 0 ? "," : "") + (*texts)[i];
      }
    }
    if (!is_path_value(decoded)) return "the arguments make a URL path that leads to another resource.";
    return {};
  }

  void add_to_query(std::string_view name, std::string_view encoded) {
    request_.target += request_.target.find('?') == std::string::npos ? '?' : '&';
    request_.target += percent_encoded(name) + '=';
    request_.target += encoded;
  }

  [[nodiscard]] Complaint write_query() {
    for (const Parameter& parameter : operation_.parameters) {
      if (parameter.in != In::Query) continue;
      const auto texts = texts_of(parameter);
      if (!texts) return texts.error();
      std::string joined;
      for (const std::string& text : *texts) {
        if (parameter.explode) {
          add_to_query(parameter.name, percent_encoded(text));
        } else {
          joined += (joined.empty() ? "" : ",") + percent_encoded(text);
        }
      }
      if (!parameter.explode && !texts->empty()) add_to_query(parameter.name, joined);
    }
    return {};
  }

  /// Accepts visible ASCII, and blanks inside. Servers differ in their treatment of the other characters that RFC 9110 section 5.5 allows.
  [[nodiscard]] static bool is_header_value(std::string_view text) {
    if (text.empty() || text.size() > kMaxHeaderValueBytes || text.front() == ' ' || text.back() == ' ') return false;
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7F; });
  }

  [[nodiscard]] Complaint write_headers() {
    for (const Parameter& parameter : operation_.parameters) {
      if (parameter.in != In::Header) continue;
      const auto texts = texts_of(parameter);
      if (!texts) return texts.error();
      std::string value;
      for (const std::string& text : *texts) value += (value.empty() ? "" : ",") + text;
      if (texts->empty()) continue;
      if (!is_header_value(value)) return named(parameter.argument) + " must be a short text of plain letters, digits and marks, in one line.";
      request_.headers.emplace_back(parameter.name, std::move(value));
    }
    return {};
  }

  [[nodiscard]] Complaint write_body() {
    switch (operation_.body.what) {
      case Body::What::None:
        return {};
      case Body::What::Whole:
        return write_whole_body();
      case Body::What::Members:
        break;
    }
    JsonText body;
    body.open("", '{');
    bool any = false;
    for (const BodyMember& member : operation_.body.members) {
      json::Element value;  // null is a value here: a service may empty the field because of it.
      if (arguments_.at_key(member.argument).get(value) != simdjson::SUCCESS) continue;
      body.raw(member.name, simdjson::minify(value));
      any = true;
    }
    if (!any && !operation_.body.required) return {};
    set_body(body.close('}').take());
    return {};
  }

  [[nodiscard]] Complaint write_whole_body() {
    json::Element value;
    if (arguments_.at_key(kBodyArgument).get(value) == simdjson::SUCCESS) {
      set_body(simdjson::minify(value));
      return {};
    }
    return operation_.body.required ? Complaint(named(kBodyArgument) + " is missing.") : Complaint();
  }

  void set_body(std::string json) {
    request_.body = std::move(json);
    request_.has_body = true;
  }

  const Operation& operation_;
  const json::Element& arguments_;
  BoundRequest request_;
};

}  // namespace

base::Result<BoundRequest, std::string> bind_arguments(const Operation& operation, std::string_view arguments) {
  const auto read = read_arguments(arguments);  // This also checks the bounds and repeated names.
  if (!read) return base::fail(std::string(to_string(read.error())) + ".");
  json::Parser parser;
  const auto root = json::parse(parser, read->empty() ? "{}" : arguments);
  if (!root || !root->is_object()) return base::fail(std::string("the arguments must be one JSON object."));
  Binder binder(operation, *root);
  if (auto wrong = binder.bind()) return base::fail(std::move(*wrong));
  return binder.take();
}

}  // namespace offhook::inline v0::agent::tools::http
