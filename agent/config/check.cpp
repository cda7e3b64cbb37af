#include <offhook/agent/config/check.hpp>

#include <offhook/agent/config/check_words.hpp>
#include <offhook/agent/config/harmless_value.hpp>
#include <offhook/agent/providers/registry/registry.hpp>
#include <offhook/agent/support/suggestion.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <optional>

namespace offhook::inline v0::agent::config {

namespace {

using Kind = JsonValue::Kind;

bool is_control(char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; }

/// Returns the number of Unicode characters in `text`; nullopt when it is not UTF-8 (RFC 3629 section 4).
std::optional<std::int64_t> characters_of(std::string_view text) {
  std::int64_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++characters) {
    const auto at = [&](std::size_t k) { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0U; };
    const unsigned lead = at(i), second = at(i + 1);
    const std::size_t size = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : (lead & 0xf0U) == 0xe0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
    if (size == 0) return std::nullopt;
    for (std::size_t k = 1; k < size; ++k) {
      if ((at(i + k) & 0xc0U) != 0x80) return std::nullopt;
    }
    const bool is_overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
    if (is_overlong || (lead == 0xed && second >= 0xa0) || (lead == 0xf4 && second >= 0x90)) return std::nullopt;
    i += size;
  }
  return characters;
}

std::string kind_found(const Setting& setting, const JsonValue& value) { return with_value(std::string(name_of(value.kind)), setting, value); }

Checked check_whole(const Setting& setting, const JsonValue& value) {
  if (value.kind == Kind::Text) return refuse(setting, with_value("text", setting, value), "write a number, without quotes");
  if (value.kind == Kind::Real) return refuse(setting, kind_found(setting, value), "round it");
  if (value.kind != Kind::Integer) return refuse(setting, kind_found(setting, value), "write a number");
  if (value.integer < setting.least) return refuse(setting, with_value("a smaller number", setting, value), "raise it");
  if (value.integer > setting.most) return refuse(setting, with_value("a larger number", setting, value), "lower it");
  return value;
}

Checked check_flag(const Setting& setting, const JsonValue& value) {
  if (value.kind == Kind::Flag) return value;
  return refuse(setting, kind_found(setting, value), value.kind == Kind::Text ? "write one of them, without quotes" : "write one of them");
}

std::string advise_choice(const Setting& setting, std::string_view written, std::string otherwise) {
  return advise(choices_of(setting), written, std::move(otherwise));
}

Checked check_choice(const Setting& setting, const JsonValue& value) {
  if (value.kind != Kind::Text) return refuse(setting, kind_found(setting, value), "write one of them, in quotes");
  const auto choices = choices_of(setting);
  if (std::find(choices.begin(), choices.end(), value.text) != choices.end()) return value;
  return refuse(setting, with_value("an unknown word", setting, value), advise_choice(setting, value.text, "write one of them"));
}

Checked check_text(const Setting& setting, const JsonValue& value) {
  if (auto complaint = complain_of_text(setting, value)) return base::fail(*std::move(complaint));
  return value;
}

/// Checks a key for a header field. A blank or a line break in it is usually an error of copying.
Checked check_key(const Setting& setting, const JsonValue& value) {
  if (auto complaint = complain_of_text(setting, value)) return base::fail(*std::move(complaint));
  const auto fits = [](char c) { return c > ' ' && c < '\x7f'; };
  if (std::all_of(value.text.begin(), value.text.end(), fits)) return value;
  return refuse(setting, "a blank, or another character that no key has", "write the key alone, without blanks, and without a word such as Token or Bearer before it");
}

/// Checks the user part of a SIP URI as a PBX writes extensions: RFC 3261 section 25.1, `user` without escapes.
Checked check_extension(const Setting& setting, const JsonValue& value) {
  if (auto complaint = complain_of_text(setting, value)) return base::fail(*std::move(complaint));
  const auto allowed = [](char c) {
    return base::is_alpha(c) || base::is_digit(c) || std::string_view("-_.!~*'()&=+$,;?/").find(c) != std::string_view::npos;
  };
  if (std::all_of(value.text.begin(), value.text.end(), allowed)) return value;
  return refuse(setting, "characters that no extension has", "leave out sip:, the @ with what follows it, and spaces");
}

bool is_host_name(std::string_view text) {
  if (text.front() == '.' || text.front() == '-') return false;
  if (text.find_first_not_of("0123456789.") == std::string_view::npos) return false;  // Digits and dots alone are an address with a mistake in it.
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return base::is_alpha(c) || base::is_digit(c) || c == '-' || c == '.' || c == '_'; });
}

Checked check_host(const Setting& setting, const JsonValue& value) {
  if (auto complaint = complain_of_text(setting, value)) return base::fail(*std::move(complaint));
  if (const auto ip = base::IpAddress::parse(value.text)) return json_text(ip->to_string());
  const auto colon = value.text.rfind(':');
  if (colon != std::string::npos && base::parse_number<std::uint16_t>(std::string_view(value.text).substr(colon + 1)))
    return refuse(setting, with_value("a port after the host", setting, value), "write the port in the setting \"port\"");
  if (is_host_name(value.text)) return value;
  return refuse(setting, with_value("text that is neither a host name nor an address", setting, value), "leave out sip:, the user and spaces");
}

Checked check_address(const Setting& setting, const JsonValue& value) {
  if (value.kind != Kind::Text) return refuse(setting, kind_found(setting, value), "write it in quotes");
  const auto ip = base::IpAddress::parse(value.text);
  if (!ip) return refuse(setting, with_value("text that is not an address", setting, value), "write an IP address: Offhook does not look up names here");
  return json_text(ip->to_string());
}

Checked check_codecs(const Setting& setting, const JsonValue& value) {
  if (value.kind != Kind::List) return refuse(setting, kind_found(setting, value), "write a list, in brackets");
  if (value.items.empty()) return refuse(setting, "an empty list", "name at least one");
  const auto choices = choices_of(setting);
  for (auto item = value.items.begin(); item != value.items.end(); ++item) {
    if (item->kind != Kind::Text) return refuse(setting, with_value(std::string(name_of(item->kind)) + " in the list", setting, *item), "write names, in quotes");
    if (std::find(choices.begin(), choices.end(), item->text) == choices.end())
      return refuse(setting, with_value("an unknown codec", setting, *item), advise_choice(setting, item->text, "remove it"));
    if (std::find(value.items.begin(), item, *item) != item) return refuse(setting, with_value("a codec twice", setting, *item), "keep one of them");
  }
  return value;
}

std::string text_range(const Setting& setting) {
  const std::string most = std::to_string(setting.most) + " characters";
  if (setting.least == setting.most) return "text of " + most;
  return setting.least == 0 ? "text of at most " + most : "text of " + std::to_string(setting.least) + " to " + most;
}

std::string canonical(const Setting& setting, std::string_view text) {
  if (setting.name == "level" && base::iequals(text, "warn")) return "warning";
  for (const std::string& choice : choices_of(setting)) {
    if (base::iequals(choice, text)) return choice;
  }
  return std::string(text);
}

JsonValue flag_of(std::string_view text) {
  const auto is_any = [text](std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [text](std::string_view word) { return base::iequals(text, word); });
  };
  if (is_any({"true", "yes", "on", "1"})) return json_flag(true);
  if (is_any({"false", "no", "off", "0"})) return json_flag(false);
  return json_text(text);
}

JsonValue list_of(const Setting& setting, std::string_view text) {
  std::vector<std::string> names;
  for (bool more = !text.empty(); more;) {
    const auto comma = text.find(',');
    names.push_back(canonical(setting, base::trim(text.substr(0, comma))));
    more = comma != std::string_view::npos;
    if (more) text.remove_prefix(comma + 1);
  }
  return json_list(names);
}

Checked check_kind(const Setting& setting, const JsonValue& value, Kind kind) {
  if (value.kind == kind) return value;
  return refuse(setting, std::string(name_of(value.kind)), kind == Kind::List ? "write a list, in brackets" : "put its settings in braces");
}

std::string member_list(const Setting& setting) {
  std::string list;
  for (const Setting* member : members_of(setting)) list += (list.empty() ? "" : ", ") + std::string(member->name);
  return list;
}

}  // namespace

Checked refuse(const Setting& setting, std::string found, std::string advice) {
  return base::fail(Complaint{std::move(found), allowed_for(setting), std::move(advice)});
}

std::optional<Complaint> complain_of_text(const Setting& setting, const JsonValue& value) {
  const auto complain = [&](std::string found, std::string advice) { return Complaint{std::move(found), allowed_for(setting), std::move(advice)}; };
  if (value.kind != Kind::Text) return complain(kind_found(setting, value), "write text, in quotes");
  const auto characters = characters_of(value.text);
  if (!characters) return complain("octets that are not UTF-8", "write it in UTF-8");
  if (*characters < setting.least) return value.text.empty() ? complain("empty text", "fill it in") : complain("shorter text", "write all of it");
  if (*characters > setting.most) return complain("longer text", "shorten it");
  const bool may_break = setting.shape == Shape::Text;
  const auto is_bad = [may_break](char c) { return is_control(c) && !(may_break && (c == '\n' || c == '\r' || c == '\t')); };
  if (std::any_of(value.text.begin(), value.text.end(), is_bad)) {
    return complain(may_break ? "a control character" : "a line break or another control character", "remove it");
  }
  return std::nullopt;
}

std::string advise(const std::vector<std::string>& known, std::string_view written, std::string otherwise) {
  auto meant = nearest(written, {known.begin(), known.end()});
  for (const std::string& name : known) {
    if (!meant && written.size() >= 3 && base::iequals(std::string_view(name).substr(0, written.size()), written)) meant = name;
  }
  return meant ? "did you mean \"" + std::string(*meant) + "\"?" : std::move(otherwise);
}

std::string allowed_for(const Setting& setting) {
  if (!setting.allowed.empty()) return std::string(setting.allowed);
  switch (setting.shape) {
    case Shape::Whole:
      return "a whole number from " + std::to_string(setting.least) + " to " + std::to_string(setting.most) +
             (setting.unit.empty() ? "" : ", in " + std::string(setting.unit));
    case Shape::Flag: return "true or false";
    case Shape::Choice: {
      std::string list;
      for (const std::string& choice : choices_of(setting)) list += (list.empty() ? "\"" : ", \"") + choice + "\"";
      return list;
    }
    case Shape::Key: return text_range(setting) + " without blanks";
    case Shape::Line: return text_range(setting) + " without line breaks";
    case Shape::Text: return text_range(setting);
    case Shape::Extension: return "the extension alone, such as \"6001\"";
    case Shape::Host: return "a host name or an address, such as \"pbx.example\" or \"192.0.2.1\"";
    case Shape::Address: return "an address, such as \"192.0.2.10\" or \"0.0.0.0\" for all of this machine";
    case Shape::Codecs: return "a list of codecs, best first, such as [\"G722\", \"PCMU\", \"PCMA\"]; \"opus\" and \"L16\" are also allowed";
    case Shape::Schema: return "a JSON Schema of an object";
    case Shape::Object: return "an object with " + member_list(setting);
    case Shape::Map: return "an object of names, each with an object of " + member_list(setting);
    case Shape::Objects: {
      const std::string lone = setting.short_for.empty() ? "" : std::string(setting.short_for) + (setting.short_for.ends_with('s') ? "es, or of " : "s, or of ");
      const std::string least = setting.least > 0 ? std::to_string(setting.least) + " to " : "at most ";
      return "a list of " + least + std::to_string(setting.most) + " " + lone + "objects with " + member_list(setting);
    }
    case Shape::Name:
    case Shape::Region:
    case Shape::Provider:
    case Shape::Pattern:
    case Shape::Target:
    case Shape::Language:
    case Shape::Url:
    case Shape::Names:
    case Shape::Providers:
    case Shape::Targets: return allowed_words(setting);
  }
  return "";
}

Checked check(const Setting& setting, const JsonValue& value) {
  switch (setting.shape) {
    case Shape::Whole: return check_whole(setting, value);
    case Shape::Flag: return check_flag(setting, value);
    case Shape::Choice: return check_choice(setting, value);
    case Shape::Key: return check_key(setting, value);
    case Shape::Line:
    case Shape::Text: return check_text(setting, value);
    case Shape::Extension: return check_extension(setting, value);
    case Shape::Host: return check_host(setting, value);
    case Shape::Address: return check_address(setting, value);
    case Shape::Codecs: return check_codecs(setting, value);
    case Shape::Schema:
    case Shape::Object:
    case Shape::Map: return check_kind(setting, value, Kind::Object);
    case Shape::Objects: return check_kind(setting, value, Kind::List);
    case Shape::Name:
    case Shape::Region:
    case Shape::Provider:
    case Shape::Pattern:
    case Shape::Target:
    case Shape::Language:
    case Shape::Url:
    case Shape::Names:
    case Shape::Providers:
    case Shape::Targets: return check_words(setting, value);
  }
  return value;
}

JsonValue value_of_text(const Setting& setting, std::string_view text) {
  switch (setting.shape) {
    case Shape::Whole: {
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      const bool is_number = !text.empty() && error == std::errc{} && end == text.data() + text.size();
      return is_number ? json_integer(number) : json_text(text);
    }
    case Shape::Flag: return flag_of(text);
    case Shape::Choice: return json_text(canonical(setting, text));
    case Shape::Codecs:
    case Shape::Names: return list_of(setting, text);
    case Shape::Provider: {
      const auto kinds = provider_kinds();
      const auto ours = std::find_if(kinds.begin(), kinds.end(), [text](const Provider* kind) { return base::iequals(kind->name, text); });
      return json_text(ours != kinds.end() ? (*ours)->name : text);
    }
    case Shape::Providers: {
      JsonValue names = list_of(setting, text);
      return names.items.size() == 1 ? names.items.front() : names;
    }
    case Shape::Name:
    case Shape::Region:
    case Shape::Pattern:
    case Shape::Target:
    case Shape::Language:
    case Shape::Url:
    case Shape::Targets:
    case Shape::Schema:
    case Shape::Object:
    case Shape::Objects:
    case Shape::Map:
    case Shape::Key:
    case Shape::Line:
    case Shape::Text:
    case Shape::Extension:
    case Shape::Host:
    case Shape::Address: break;
  }
  return json_text(text);
}

/// Accepts `pbx.example`, `pbx.example:5070`, `192.0.2.1:5070`, `2001:db8::1` and `[2001:db8::1]:5070`.
base::Result<HostAndPort, Complaint> split_host(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || base::IpAddress::parse(text)) return HostAndPort{text};
  const std::string allowed = "HOST or HOST:PORT, with a port from 1 to 65535";
  const auto host = text.substr(0, colon);
  if (host.find(':') != std::string_view::npos && !host.starts_with('['))
    return base::fail(Complaint{"more than one colon", allowed, "put an IPv6 address in brackets before its port, and leave out sip:"});
  const auto port = base::parse_number<std::uint16_t>(text.substr(colon + 1));
  if (!port || *port == 0) return base::fail(Complaint{"a colon without a valid port after it", allowed, "correct the port, or leave out the colon"});
  return HostAndPort{host, *port};
}

}  // namespace offhook::inline v0::agent::config
