#include <offhook/base/block.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace offhook::base;

namespace {

std::string all_octets() {
  std::string text;
  for (int i = 0; i < 256; ++i) text += static_cast<char>(i);
  return text;
}

/// Checks the marks that a Block gives for each character, with the character at each place of the block.
template <class B, class Wanted, class Plain>
void check_marks(Wanted wanted, Plain plain) {
  for (const char c : all_octets()) {
    for (std::size_t place = 0; place < B::kSize; ++place) {
      std::string text(B::kSize, plain('m') ? '\xFF' : 'm');
      if (plain(text.front())) text.assign(B::kSize, '\x7E');
      REQUIRE_FALSE(plain(text.front()));
      text[place] = c;
      const auto marks = wanted(B::load(text.data()));
      CAPTURE(static_cast<int>(c));
      REQUIRE(B::any(marks) == plain(c));
      if (plain(c)) REQUIRE(B::first(marks) == place);
      REQUIRE(B::any(~marks));  // The other characters of the block are not marked.
    }
  }
}

template <class B>
void check_block() {
  check_marks<B>([](B b) { return b.below(14); }, [](char c) { return static_cast<unsigned char>(c) < 14; });
  check_marks<B>([](B b) { return b.below(1); }, [](char c) { return c == 0; });
  check_marks<B>([](B b) { return ~b.below(127); }, [](char c) { return static_cast<unsigned char>(c) >= 127; });
  check_marks<B>([](B b) { return b.equal('\xC3'); }, [](char c) { return c == '\xC3'; });
  check_marks<B>([](B b) { return b.equal(':') | b.equal('\0'); }, [](char c) { return c == ':' || c == 0; });
  check_marks<B>([](B b) { return b.below('!') & ~b.equal('\t'); },
                 [](char c) { return static_cast<unsigned char>(c) <= ' ' && c != '\t'; });
  check_marks<B>([](B b) { return b.folded().in_range('a', 'g'); },
                 [](char c) { return (c >= 'a' && c <= 'g') || (c >= 'A' && c <= 'G'); });
  check_marks<B>([](B b) { return b.in_range('-', '9'); }, [](char c) { return c >= '-' && c <= '9'; });
}

template <class B>
void check_parts() {
  for (std::size_t size = 0; size < B::kSize; ++size) {
    const std::string text(size, 'x');
    const std::vector<char> exact(text.begin(), text.end());  // The address sanitizer detects a read beyond this memory.
    const auto part = B::load_part(exact.data(), size);
    CHECK(B::any(part.equal('x')) == (size != 0));
    CHECK(B::first(part.equal('\0')) == size);
    const std::string full(B::kSize, 'x');
    CHECK(B::first(B::load(full.data()).front(size).equal('\0')) == size);
  }
  const std::string full(B::kSize, 'x');
  CHECK_FALSE(B::any(B::load(full.data()).front(B::kSize).equal('\0')));
}

/// Searches texts of every length up to three blocks, with the match at every place. The memory ends with the text.
template <class B>
void check_find() {
  for (std::size_t size = 0; size <= 3 * B::kSize; ++size) {
    std::vector<char> text(size, 'x');
    const std::string_view view(text.data(), size);
    CHECK(find_first<B>(view, '\0') == size);  // The search must not find a NUL after the end of the text.
    CHECK(find_first<B>(view, [](B block) { return block.below('x') | block.equal('y'); }) == size);
    for (std::size_t at = 0; at < size; ++at) {
      text[at] = '\0';
      CHECK(find_first<B>(view, '\0') == at);
      text[at] = 'x';
    }
  }
}

}  // namespace

TEST_CASE("A block of eight characters marks each character independently of its neighbours") {
  check_block<WordBlock>();
  check_parts<WordBlock>();
}

TEST_CASE("The block type of this machine marks the same characters as the portable block type") {
  check_block<Block>();
  check_parts<Block>();
}

TEST_CASE("find_first finds the first match at every place in texts of every length, and reads nothing after the text") {
  check_find<WordBlock>();
  check_find<Block>();
}

TEST_CASE("matches() ignores the case of the letters in a name, and compares all other characters exactly") {
  const auto matches = [](const std::string& name) {
    std::string a = "call-id", f = {0x20, 0x20, 0x20, 0x20, 0, 0x20, 0x20};
    a.resize(16);
    f.resize(16);
    const bool word =
        WordBlock::load_part(name.data(), name.size()).matches(WordBlock::load(a.data()), WordBlock::load(f.data()));
    const bool block = Block::load_part(name.data(), name.size()).matches(Block::load(a.data()), Block::load(f.data()));
    CHECK(word == block);
    return word;
  };
  CHECK(matches("Call-ID"));
  CHECK(matches("cALL-id"));
  CHECK_FALSE(matches("Call\rID"));  // 0x0D with bit 0x20 set equals a hyphen.
  CHECK_FALSE(matches("Call-I"));
  CHECK_FALSE(matches("Cakl-ID"));
}
