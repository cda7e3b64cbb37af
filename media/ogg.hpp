#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace offhook::inline v0::media {

// Ogg, RFC 3533: one logical stream written, and read, as pages in memory. Not for the audio thread: it allocates.

inline constexpr std::size_t kMaxOggSegments = 255;                        ///< of a page, each of up to 255 octets
inline constexpr std::size_t kMaxOggPacket = 65024;                        ///< written: what fits one page, so that none is torn
inline constexpr std::size_t kMaxOggReadPacket = std::size_t{1} << 20U;    ///< read: comments with a picture are larger

enum class OggError : std::uint8_t {
  NotOgg,          ///< no page where one must begin
  BadVersion,
  BadChecksum,     ///< the page was changed
  Cut,             ///< the last page is not whole: its writer was stopped, and all before it is good
  Lost,            ///< a page in between is missing
  PacketTooLarge,  ///< over kMaxOggReadPacket
};
[[nodiscard]] std::string_view to_string(OggError error);

/// Puts packets into pages: RFC 3533 section 6. Each page that is written is whole, with its checksum.
class OggWriter {
 public:
  explicit OggWriter(std::uint32_t serial) : serial_(serial) {}

  /// `position`: the granule position at this packet's end, which the codec gives a meaning. A page that is full goes to `out`.
  /// False for more than kMaxOggPacket octets: nothing is added.
  [[nodiscard]] bool add(base::Bytes packet, std::uint64_t position, std::vector<std::uint8_t>& out);
  /// Ends the page that is being filled.
  void flush(std::vector<std::uint8_t>& out);
  /// The last page, at `position`; an empty one when none is being filled.
  void finish(std::uint64_t position, std::vector<std::uint8_t>& out);
  [[nodiscard]] std::size_t waiting() const { return packets_; }  ///< packets in the page that is being filled

 private:
  void write_page(std::uint8_t flags, std::vector<std::uint8_t>& out);

  std::uint32_t serial_, sequence_ = 0;
  std::uint64_t position_ = 0;
  std::size_t packets_ = 0;
  std::vector<std::uint8_t> lacing_, body_;
};

struct OggPacket {
  base::Bytes octets;                        ///< until the next call of next()
  std::optional<std::uint64_t> position;     ///< of the page, for the last packet that ends on it
  bool last = false;                         ///< of the stream, as its last page says
};

/// Reads the packets of the first stream of a file in memory; those of other streams beside it are passed over.
class OggReader {
 public:
  /// `file` is borrowed as long as the reader lives.
  explicit OggReader(base::Bytes file) : rest_(file) {}

  /// Nothing at the end of the file, or of the stream. After an error there is no way on.
  [[nodiscard]] base::Result<std::optional<OggPacket>, OggError> next();

 private:
  [[nodiscard]] base::Result<bool, OggError> next_page();
  [[nodiscard]] base::Result<void, OggError> enter(base::Bytes page);
  [[nodiscard]] base::Bytes take_segments(bool& ends);

  base::Bytes rest_;                    // Behind the page that is being read.
  base::Bytes lacing_, body_;           // Of it: what was not read yet.
  std::optional<std::uint32_t> serial_;
  std::uint32_t sequence_ = 0;          // of the next page
  std::uint64_t position_ = 0;
  bool last_page_ = false;
  std::vector<std::uint8_t> packet_;    // What goes over several pages, or several of its parts.
};

}  // namespace offhook::inline v0::media
