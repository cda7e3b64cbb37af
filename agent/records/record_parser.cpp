#include <offhook/agent/records/record_members.hpp>
#include <offhook/agent/records/record_reader.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace offhook::inline v0::agent::records {

namespace {

using Json = nlohmann::json;

const Json& member(const Json& of, const char* name) {
  static const Json kNothing;
  if (!of.is_object()) return kNothing;
  const auto at = of.find(name);
  return at == of.end() ? kNothing : *at;
}

std::string text(const Json& of, const char* name) {
  const Json& value = member(of, name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

/// Returns true if Number can hold `value` without its fraction. C++ leaves the conversion of any other value undefined.
template <class Number>
bool holds(double value) {
  using Limits = std::numeric_limits<Number>;
  if constexpr (!Limits::is_integer) return true;
  return value >= static_cast<double>(Limits::min()) && value < std::ldexp(1.0, Limits::digits);
}

/// Reads the members that record_members.hpp lists. A member that is missing, or has another type, leaves the value as it is.
class MemberReader {
 public:
  static constexpr bool kReads = true;
  explicit MemberReader(const Json& json) : json_(json) {}

  MemberReader& text(const char* name, std::string& value) { return value = records::text(json_, name), *this; }
  MemberReader& always(const char* name, std::string& value) { return text(name, value); }
  MemberReader& words(const char* name, std::string& value, bool = true) { return text(name, value); }
  MemberReader& choice(const char* name, bool& value, std::string_view yes, std::string_view) { return value = records::text(json_, name) == yes, *this; }
  template <class Word, class Known>
  MemberReader& word(const char* name, Word& value, const Known& known) {
    const std::string written = records::text(json_, name);
    const auto at = std::find_if(known.begin(), known.end(), [&](Word each) { return to_string(each) == written; });
    if (at != known.end()) value = *at;
    return *this;
  }
  MemberReader& time(const char* name, std::optional<WallTime>& value) { return value = parse_rfc3339(records::text(json_, name)), *this; }
  MemberReader& flag(const char* name, bool& value) { return value = member(json_, name) == true, *this; }
  /// Ignores a number that Number cannot hold: `value` then stays as it is.
  template <class Number>
  MemberReader& number(const char* name, std::optional<Number>& value) {
    const Json& written = member(json_, name);
    if (written.is_number() && holds<Number>(written.get<double>())) value = written.get<Number>();
    return *this;
  }
  template <class Number>
  MemberReader& number(const char* name, Number& value) {
    std::optional<Number> read;
    number(name, read);
    if (read) value = *read;
    return *this;
  }
  template <class Number>
  MemberReader& nonzero(const char* name, Number& value) {
    return number(name, value);
  }
  template <class Number>
  MemberReader& real(const char* name, Number& value) {
    return number(name, value);
  }
  MemberReader& seconds(const char* name, base::Duration& value) {
    constexpr double kMostSeconds = 1e9;  // A file that a person has edited may contain any number.
    double read = 0;
    number(name, read);
    return value = std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(std::clamp(read, 0.0, kMostSeconds))), *this;
  }
  template <class List>
  void object(const char* name, List list, bool = true) {
    MemberReader inner(member(json_, name));
    list(inner);
  }
  template <class Value, class List>
  void optional(const char* name, std::optional<Value>& value, List list) {
    if (member(json_, name).is_object()) object(name, [&](auto& line) { list(line, value.emplace(Value{})); });
  }
  template <class Value, class List>
  void list(const char* name, std::vector<Value>& values, List each, bool = true) {
    const Json& array = member(json_, name);
    if (!array.is_array()) return;
    for (const Json& element : array) {
      MemberReader inner(element);
      each(inner, values.emplace_back());
    }
  }

 private:
  const Json& json_;
};

}  // namespace

std::optional<CallRecord> parse_record(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  const std::string type = text(json, "type");
  if (type != "call" && type != "started") return std::nullopt;
  CallRecord record;
  MemberReader members(json);
  list_beginning(members, record);
  members.object("times", [&](auto& times) {
    std::optional<WallTime> invited;
    times.time("invite", invited).time("ringing", record.ringing_at).time("answered", record.answered_at).time("ended", record.ended_at);
    record.invited_at = invited.value_or(WallTime{});
  });
  list_course(members, record);
  return record;
}

}  // namespace offhook::inline v0::agent::records
