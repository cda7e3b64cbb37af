#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/sdp/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The model of a session description, RFC 8866. It owns its text, so that it outlives the message that carried it.
namespace offhook::inline v0::sdp {

enum class Direction : std::uint8_t { SendRecv, SendOnly, RecvOnly, Inactive };

/// Returns `sendrecv`, `sendonly`, `recvonly` or `inactive`.
[[nodiscard]] std::string_view to_string(Direction direction);

/// Holds an o= line: `o=- 3250588766 1 IN IP4 192.0.2.1`, RFC 8866 section 5.2. The numbers stay text, because peers write any
/// text there.
struct Origin {
  std::string username = "-";
  std::string session_id = "0";
  std::string version = "0";
  std::string net_type = "IN";
  std::string address_type = "IP4";
  std::string address;
  friend bool operator==(const Origin&, const Origin&) = default;
};

/// Holds a c= line: `c=IN IP4 192.0.2.1`, RFC 8866 section 5.7.
struct Connection {
  std::string net_type = "IN";
  std::string address_type = "IP4";
  std::string address;  ///< as written; may be a host name, or `224.2.17.12/127/2`

  [[nodiscard]] static Connection of(const base::IpAddress& ip);
  /// Returns the address if it is a literal IP address. Returns nullopt for a host name or another network type.
  [[nodiscard]] std::optional<base::IpAddress> ip() const;
  friend bool operator==(const Connection&, const Connection&) = default;
};

/// Holds `a=name` or `a=name:value`. Spaces around name and value are removed.
struct Attribute {
  std::string name;
  std::optional<std::string> value;
  friend bool operator==(const Attribute&, const Attribute&) = default;
};

/// A line that the parser keeps without interpreting it.
struct Line {
  char type = 0;
  std::string value;
  friend bool operator==(const Line&, const Line&) = default;
};

/// One m= line and all lines below it, RFC 8866 section 5.14.
struct Media {
  std::string kind;      ///< "audio", "video", "application", ...
  std::uint16_t port = 0;
  std::uint16_t port_count = 1;   ///< 2 in `m=video 49170/2`
  std::string protocol;  ///< for example "RTP/AVP"
  std::vector<std::string> formats;  ///< payload types for RTP; other text for other protocols
  std::string title;                 ///< i=; "" when absent
  std::vector<Connection> connections;
  std::vector<std::string> bandwidths;  ///< for example "AS:64"
  std::vector<Attribute> attributes;
  std::vector<Line> others;

  /// Returns the value of the first attribute of this name, or "" if it has no value. Returns nullopt if it is absent. Borrows
  /// from this Media.
  [[nodiscard]] std::optional<std::string_view> attribute(std::string_view name) const;
  [[nodiscard]] bool is_rtp() const;  ///< true if the protocol name is a profile of RTP
  friend bool operator==(const Media&, const Media&) = default;
};

struct Session {
  std::optional<Origin> origin;  ///< mandatory in RFC 8866, but some peers omit it
  std::string name = "-";        ///< s=
  std::vector<Line> infos;       ///< i=, u=, e=, p= in their order
  std::optional<Connection> connection;
  std::vector<std::string> bandwidths;
  std::vector<Line> times;       ///< t=, r=, z= in their order; may be empty
  std::vector<Attribute> attributes;
  std::vector<Line> others;      ///< k=, lines unknown to RFC 8866, and repetitions of lines that may occur once
  std::vector<Media> media;

  [[nodiscard]] std::optional<std::string_view> attribute(std::string_view name) const;
  /// Returns the value of the media's own attribute, otherwise of the session's, which is a default for all media.
  [[nodiscard]] std::optional<std::string_view> attribute_of(const Media& stream, std::string_view name) const;
  /// Returns the connection to which media is sent: the media's own c= line, otherwise the session's. RFC 8866 section 5.7.
  [[nodiscard]] const Connection* connection_of(const Media& stream) const;
  /// Returns the media's own direction, otherwise the session's, otherwise sendrecv. RFC 8866 section 6.7.
  [[nodiscard]] Direction direction_of(const Media& stream) const;
  /// Returns a copy of the m= line that includes the session's c= line and direction if it has none of its own. The copy has the same meaning in another
  /// session.
  [[nodiscard]] Media alone(const Media& stream) const;
  friend bool operator==(const Session&, const Session&) = default;
};

}  // namespace offhook::inline v0::sdp
