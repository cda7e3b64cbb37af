#include <offhook/sdp/parser.hpp>

#include <offhook/base/text.hpp>

#include <optional>
#include <utility>

namespace offhook::inline v0::sdp {

namespace {

using Outcome = base::Result<void, ParseError>;

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr bool is_not_blank(char c) { return !is_blank(c); }

std::string_view next_word(base::TextCursor& cursor) {
  cursor.take_while(is_blank);
  return cursor.take_while(is_not_blank);
}

/// `o=<username> <sess-id> <sess-version> <nettype> <addrtype> <address>`. Some peers write spaces into the username, so that
/// the last five words are what counts.
base::Result<Origin, ParseError> parse_origin(std::string_view value) {
  std::string_view words[5];
  for (std::size_t i = 5; i-- > 0;) {
    value = base::trim(value);
    const auto space = value.find_last_of(" \t");
    if (space == std::string_view::npos) return base::fail(ParseError::BadOrigin);
    words[i] = value.substr(space + 1);
    value = value.substr(0, space);
  }
  value = base::trim(value);
  if (value.empty()) return base::fail(ParseError::BadOrigin);
  return Origin{std::string(value),    std::string(words[0]), std::string(words[1]),
                std::string(words[2]), std::string(words[3]), std::string(words[4])};
}

base::Result<Connection, ParseError> parse_connection(std::string_view value) {
  base::TextCursor cursor(value);
  const auto net_type = next_word(cursor);
  const auto address_type = next_word(cursor);
  const auto address = next_word(cursor);
  if (address.empty() || !next_word(cursor).empty()) return base::fail(ParseError::BadConnection);
  return Connection{std::string(net_type), std::string(address_type), std::string(address)};
}

Outcome parse_port(std::string_view text, Media& media) {
  const auto slash = text.find('/');
  const auto port = base::parse_number<std::uint16_t>(text.substr(0, slash));
  if (!port) return base::fail(ParseError::BadPort);
  media.port = *port;
  if (slash == std::string_view::npos) return {};
  const auto count = base::parse_number<std::uint16_t>(text.substr(slash + 1));
  if (!count || *count == 0) return base::fail(ParseError::BadPort);
  media.port_count = *count;
  return {};
}

/// `m=<media> <port>[/<count>] <proto> <fmt> ...`
base::Result<Media, ParseError> parse_media(std::string_view value) {
  base::TextCursor cursor(value);
  Media media;
  media.kind = next_word(cursor);
  const auto port = next_word(cursor);
  media.protocol = next_word(cursor);
  if (media.protocol.empty()) return base::fail(ParseError::BadMedia);
  if (const auto outcome = parse_port(port, media); !outcome) return base::fail(outcome.error());
  for (auto format = next_word(cursor); !format.empty(); format = next_word(cursor)) {
    if (media.formats.size() == kMaxFormats) return base::fail(ParseError::TooManyFormats);
    media.formats.emplace_back(format);
  }
  return media;
}

Attribute parse_attribute(std::string_view value) {
  const auto colon = value.find(':');
  if (colon == std::string_view::npos) return {std::string(value), std::nullopt};
  return {std::string(base::trim(value.substr(0, colon))), std::string(base::trim(value.substr(colon + 1)))};
}

/// Sorts lines into the model, one after the other.
class Builder {
 public:
  Outcome add(char type, std::string_view value) {
    if (type == 'm') return open_media(value);
    return session_.media.empty() ? add_to_session(type, value) : add_to_media(session_.media.back(), type, value);
  }
  Session take() { return std::move(session_); }

 private:
  Outcome open_media(std::string_view value) {
    if (session_.media.size() == kMaxMedia) return base::fail(ParseError::TooManyMedia);
    auto media = parse_media(value);
    if (!media) return base::fail(media.error());
    session_.media.push_back(std::move(*media));
    return {};
  }

  Outcome add_to_session(char type, std::string_view value) {
    switch (type) {
      case 'o': return add_origin(value);
      case 's': return add_name(value);
      case 'i': case 'u': case 'e': case 'p': session_.infos.push_back({type, std::string(value)}); return {};
      case 'c': return add_connection(value);
      case 'b': session_.bandwidths.emplace_back(value); return {};
      case 't': case 'r': case 'z': session_.times.push_back({type, std::string(value)}); return {};
      case 'a': session_.attributes.push_back(parse_attribute(value)); return {};
      default: session_.others.push_back({type, std::string(value)}); return {};
    }
  }

  Outcome add_origin(std::string_view value) {
    if (session_.origin) return carry('o', value);
    auto origin = parse_origin(value);
    if (!origin) return base::fail(origin.error());
    session_.origin = std::move(*origin);
    return {};
  }

  Outcome add_name(std::string_view value) {
    if (std::exchange(named_, true)) return carry('s', value);
    session_.name = value;
    return {};
  }

  Outcome add_connection(std::string_view value) {
    if (session_.connection) return carry('c', value);
    auto connection = parse_connection(value);
    if (!connection) return base::fail(connection.error());
    session_.connection = std::move(*connection);
    return {};
  }

  Outcome carry(char type, std::string_view value) {
    session_.others.push_back({type, std::string(value)});
    return {};
  }

  static Outcome add_to_media(Media& media, char type, std::string_view value) {
    switch (type) {
      case 'i':
        if (!media.title.empty()) break;
        media.title = value;
        return {};
      case 'c': {
        auto connection = parse_connection(value);
        if (!connection) return base::fail(connection.error());
        media.connections.push_back(std::move(*connection));
        return {};
      }
      case 'b': media.bandwidths.emplace_back(value); return {};
      case 'a': media.attributes.push_back(parse_attribute(value)); return {};
      default: break;
    }
    media.others.push_back({type, std::string(value)});
    return {};
  }

  Session session_;
  bool named_ = false;
};

Outcome check_line(std::string_view line) {
  if (line.size() > kMaxLineBytes) return base::fail(ParseError::LineTooLong);
  if (line.find('\r') != std::string_view::npos || line.find('\0') != std::string_view::npos) {
    return base::fail(ParseError::BadCharacter);  // Someone else may take it for a line end: RFC 8866 section 9 allows neither.
  }
  if (line.size() < 2 || line[1] != '=' || !base::is_alpha(line[0])) return base::fail(ParseError::BadLine);
  return {};
}

}  // namespace

std::string_view to_string(ParseError error) {
  switch (error) {
    case ParseError::Empty: return "empty";
    case ParseError::TooLarge: return "too large";
    case ParseError::TooManyLines: return "too many lines";
    case ParseError::LineTooLong: return "line too long";
    case ParseError::TooManyMedia: return "too many m= lines";
    case ParseError::TooManyFormats: return "too many formats in one m= line";
    case ParseError::BadCharacter: return "NUL or bare CR in a line";
    case ParseError::BadLine: return "not a line of the form x=value";
    case ParseError::BadVersion: return "does not begin with v=0";
    case ParseError::BadOrigin: return "bad o= line";
    case ParseError::BadConnection: return "bad c= line";
    case ParseError::BadMedia: return "bad m= line";
    case ParseError::BadPort: return "bad port in an m= line";
  }
  return "unknown";
}

base::Result<Session, ParseError> parse_session(std::string_view text) {
  if (text.size() > kMaxSessionBytes) return base::fail(ParseError::TooLarge);
  base::TextCursor cursor(text);
  Builder builder;
  bool versioned = false;
  for (std::size_t lines = 0; !cursor.at_end(); ++lines) {
    if (lines == kMaxLines) return base::fail(ParseError::TooManyLines);
    auto line = cursor.take_until('\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    if (const auto checked = check_line(line); !checked) return base::fail(checked.error());
    const auto value = base::trim(line.substr(2));
    if (!versioned) {
      if (line[0] != 'v' || value != "0") return base::fail(ParseError::BadVersion);
      versioned = true;
      continue;
    }
    if (const auto added = builder.add(line[0], value); !added) return base::fail(added.error());
  }
  if (!versioned) return base::fail(ParseError::Empty);
  return builder.take();
}

}  // namespace offhook::inline v0::sdp
