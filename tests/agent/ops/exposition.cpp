#include "exposition.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <set>

namespace offhook_test {

namespace {

bool begins_name(char c, bool of_metric) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (of_metric && c == ':'); }
bool goes_on(char c, bool of_metric) { return begins_name(c, of_metric) || (c >= '0' && c <= '9'); }

/// Takes the name of a metric, [a-zA-Z_:][a-zA-Z0-9_:]*, or of a label, which has no ':'. Returns "" if `rest` begins with no name.
std::string take_name(std::string_view& rest, bool of_metric) {
  if (rest.empty() || !begins_name(rest.front(), of_metric)) return {};
  std::size_t size = 1;
  while (size < rest.size() && goes_on(rest[size], of_metric)) ++size;
  const std::string name(rest.substr(0, size));
  rest.remove_prefix(size);
  return name;
}

/// Takes a quoted value with the escapes \\, \" and \n. Refuses other escapes.
std::optional<std::string> take_quoted(std::string_view& rest) {
  if (!rest.starts_with('"')) return std::nullopt;
  std::string value;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return value;
    }
    if (rest[i] != '\\') {
      value += rest[i];
    } else if (++i < rest.size() && (rest[i] == '\\' || rest[i] == '"' || rest[i] == 'n')) {
      value += rest[i] == 'n' ? '\n' : rest[i];
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<std::map<std::string, std::string>> take_labels(std::string_view& rest) {
  std::map<std::string, std::string> labels;
  if (!rest.starts_with('{')) return labels;
  rest.remove_prefix(1);
  while (!rest.starts_with('}')) {
    const std::string name = take_name(rest, false);
    if (name.empty() || !rest.starts_with('=')) return std::nullopt;
    rest.remove_prefix(1);
    auto value = take_quoted(rest);
    if (!value || !labels.emplace(name, std::move(*value)).second) return std::nullopt;
    if (rest.starts_with(',')) rest.remove_prefix(1);
    else if (!rest.starts_with('}')) return std::nullopt;
  }
  rest.remove_prefix(1);
  return labels;
}

/// Parses a number as Go's ParseFloat() does, with the words +Inf, -Inf and NaN.
std::optional<double> number(std::string_view text) {
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  if (text == "-Inf") return -std::numeric_limits<double>::infinity();
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text.empty() || text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return std::nullopt;
  const std::string copy(text);
  char* end = nullptr;
  const double value = std::strtod(copy.c_str(), &end);
  return end == copy.c_str() + copy.size() ? std::optional(value) : std::nullopt;
}

class Reader {
 public:
  Exposition read(std::string_view text) {
    if (!text.ends_with('\n')) fault("the last line has no line feed");
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size() - 1);
      line(text.substr(0, end));
      text.remove_prefix(end + 1);
    }
    for (const auto& [name, type] : read_.types) {
      if (type == "histogram") check_histogram(name);
      if (type == "counter" && !name.ends_with("_total")) fault(name + " is a counter, but its name does not end in _total");
    }
    return std::move(read_);
  }

 private:
  void fault(std::string what) { read_.faults.push_back(std::move(what)); }

  void line(std::string_view text) {
    if (text.starts_with("# HELP ") || text.starts_with("# TYPE ")) return comment(text.substr(2, 4) == "HELP", text.substr(7));
    std::string_view rest = text;
    const std::string name = take_name(rest, true);
    auto labels = take_labels(rest);
    if (name.empty() || !labels || !rest.starts_with(' ')) return fault("no sample: " + std::string(text));
    const auto value = number(rest.substr(1));
    if (!value) return fault("no value: " + std::string(text));
    sample(name, Sample{std::move(*labels), *value});
  }

  void comment(bool help, std::string_view rest) {
    const std::string name = take_name(rest, true);
    if (name.empty() || !rest.starts_with(' ')) return fault("a HELP or TYPE line without a name");
    rest.remove_prefix(1);
    if (!(help ? helped_ : typed_).insert(name).second) fault(name + " has two HELP lines or two TYPE lines");
    if (seen_.contains(name)) fault(name + " has a HELP or TYPE line after its samples");
    if (help) {
      if (rest.empty()) fault(name + " has an empty HELP text");
      return;
    }
    if (rest != "counter" && rest != "gauge" && rest != "histogram" && rest != "summary") fault(name + " has an unknown type");
    read_.types[name] = std::string(rest);
  }

  std::string family_of(const std::string& name) const {
    for (const std::string suffix : {"_bucket", "_sum", "_count"}) {
      const std::string family = name.substr(0, name.size() - std::min(suffix.size(), name.size()));
      const auto type = read_.types.find(family);
      if (name.ends_with(suffix) && type != read_.types.end() && type->second == "histogram") return family;
    }
    return name;
  }

  void sample(const std::string& name, Sample sample) {
    const std::string family = family_of(name);
    if (!read_.types.contains(family) || !helped_.contains(family)) fault(name + " has no HELP or no TYPE line");
    if (family != current_ && !seen_.insert(family).second) fault("the samples of " + family + " are not consecutive");
    current_ = family;
    if (!series_[name].insert(sample.labels).second) fault(name + " occurs twice with the same labels");
    if (read_.types[family] == "counter" && !(sample.value >= 0)) fault(name + " is a counter with the value " + std::to_string(sample.value));
    read_.samples[name].push_back(std::move(sample));
  }

  void check_histogram(const std::string& name) {
    struct Seen { double last_bound = -std::numeric_limits<double>::infinity(), last_count = 0; };
    std::map<std::map<std::string, std::string>, Seen> all;
    for (Sample each : read_.samples[name + "_bucket"]) {
      const auto bound = each.labels.contains("le") ? number(each.labels["le"]) : std::nullopt;
      if (!bound) { fault(name + " has a bucket without a bound"); continue; }
      each.labels.erase("le");
      Seen& seen = all[each.labels];
      if (*bound <= seen.last_bound) fault(name + " has buckets whose bounds do not increase");
      if (each.value < seen.last_count) fault(name + " has a bucket with a smaller count than the bucket before it");
      seen = {*bound, each.value};
    }
    if (all.empty()) fault(name + " has no buckets");
    for (const auto& [labels, seen] : all) {
      if (!std::isinf(seen.last_bound)) fault(name + " has no bucket +Inf");
      if (read_.value(name + "_count", labels) != seen.last_count) fault(name + " has a _count that differs from its last bucket");
      if (!read_.value(name + "_sum", labels)) fault(name + " has no sum");
    }
  }

  Exposition read_;
  std::set<std::string> helped_, typed_, seen_;
  std::map<std::string, std::set<std::map<std::string, std::string>>> series_;
  std::string current_;
};

}  // namespace

std::optional<double> Exposition::value(const std::string& name, const std::map<std::string, std::string>& labels) const {
  const auto at = samples.find(name);
  if (at == samples.end()) return std::nullopt;
  const auto same = std::find_if(at->second.begin(), at->second.end(), [&](const Sample& each) { return each.labels == labels; });
  return same == at->second.end() ? std::nullopt : std::optional(same->value);
}

Exposition read_exposition(std::string_view text) { return Reader().read(text); }

}  // namespace offhook_test
