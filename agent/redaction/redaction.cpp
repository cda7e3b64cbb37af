#include <offhook/agent/redaction/redaction.hpp>

#include <offhook/agent/redaction/findings.hpp>
#include <offhook/agent/support/json_line.hpp>
#include <offhook/agent/support/utf8.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace offhook::inline v0::agent::redaction {

namespace {

constexpr std::string_view kHidden = "[hidden]";

void find_patterns(const TextPoints& points, const std::vector<TextPattern>& patterns, Findings& out) {
  for (std::size_t at = 0; at < points.size(); ++at) {
    std::size_t longest = 0;
    for (const TextPattern& pattern : patterns) longest = std::max(longest, pattern.match(points, at));
    if (longest == 0) continue;
    out.push_back({at, at + longest, kHidden});
    at += longest - 1;
  }
}

/// Merges overlapping findings. The result has the label of the longer finding.
Findings merged(Findings findings) {
  std::sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) { return a.begin < b.begin; });
  Findings apart;
  for (const Finding& finding : findings) {
    if (apart.empty() || finding.begin >= apart.back().end) {
      apart.push_back(finding);
      continue;
    }
    Finding& last = apart.back();
    if (finding.end - finding.begin > last.end - last.begin) last.label = finding.label;
    last.end = std::max(last.end, finding.end);
  }
  return apart;
}

}  // namespace

base::Result<Redactor, base::Error> Redactor::make(const RedactionOptions& options) {
  const auto complain = [](std::string what) { return base::fail(base::Error{"transcripts", 1, std::move(what)}); };
  if (options.patterns.size() > kMaxPatterns)
    return complain(fmt::format("{} patterns are too many: {} are allowed", options.patterns.size(), kMaxPatterns));
  Redactor redactor;
  redactor.options_ = options;
  redactor.works_ = options.digits_from != 0 || options.cards || options.emails || options.ibans || !options.patterns.empty();
  for (std::size_t i = 0; i < options.patterns.size(); ++i) {
    auto pattern = TextPattern::parse(options.patterns[i]);
    if (!pattern) {
      const std::string shown = printable(options.patterns[i], 64);
      return complain(
          fmt::format("pattern {}, \"{}\", cannot be used: {}; write # for a digit, @ for a letter, ? for any character, * for "
                      "more of a word",
                      i + 1, shown, to_string(pattern.error())));
    }
    redactor.patterns_.push_back(std::move(*pattern));
  }
  return redactor;
}

std::string Redactor::redacted(std::string_view text) const {
  if (!works_) return std::string(text);
  text = cut_utf8(text, kMaxRedactedBytes);
  const TextPoints points = points_of(text);
  const TextTokens tokens = tokens_of(text, points);
  Findings findings;
  if (options_.ibans) find_ibans(points, findings);
  if (options_.emails) find_emails(points, tokens, findings);
  find_patterns(points, patterns_, findings);
  find_digits(points, tokens, options_.digits_from, options_.cards, findings);
  std::string out;
  std::size_t done = 0;  // octets of `text` that are already in `out`
  for (const Finding& finding : merged(std::move(findings))) {
    out += text.substr(done, points[finding.begin].at - done);
    out += finding.label;
    done = points[finding.end - 1].at + points[finding.end - 1].length;
  }
  return out.append(text.substr(done));
}

}  // namespace offhook::inline v0::agent::redaction
