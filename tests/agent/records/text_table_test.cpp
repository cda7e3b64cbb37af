#include <offhook/agent/records/text_columns.hpp>
#include <offhook/agent/records/text_table.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace offhook::agent::records;

namespace {

constexpr std::array kColumns{TableColumn{.name = "id", .usual = 4, .least = 4}, TableColumn{.name = "who", .usual = 10, .least = 5},
                              TableColumn{.name = "codec", .usual = 5, .least = 5, .leaves_as = 1},
                              TableColumn{.name = "turns", .usual = 5, .least = 5, .leaves_as = 2, .is_right = true},
                              TableColumn{.name = "why", .usual = 8, .least = 5}};  // 32 columns for the cells, and 8 columns between the cells
const std::array<std::string, 5> kCells{"k3x9", "a caller of many names", "G722", "12", "hung up at once"};

std::string row_within(std::size_t screen) { return TextTable(kColumns, screen).row(kCells); }

}  // namespace

TEST_CASE("If there is no screen, a table has its default columns, and each cell is complete") {
  const TextTable table(kColumns, std::nullopt);
  CHECK(table.head() == "id    who         codec  turns  why\n");
  CHECK(table.row(kCells) == "k3x9  a caller of many names  G722      12  hung up at once\n");
}

TEST_CASE("On a wide screen the columns have their default widths, and longer cells end in an ellipsis") {
  CHECK(row_within(40) == "k3x9  a caller \xe2\x80\xa6  G722      12  hung up\xe2\x80\xa6\n");
  CHECK(row_within(200) == row_within(40));
}

TEST_CASE("On a narrower screen the widest columns shrink first") {
  CHECK(row_within(39) == "k3x9  a caller\xe2\x80\xa6  G722      12  hung up\xe2\x80\xa6\n");
  CHECK(row_within(32) == "k3x9  a ca\xe2\x80\xa6  G722      12  hung\xe2\x80\xa6\n");
}

TEST_CASE("On an even narrower screen, the table leaves out the least important columns and gives their space to the remaining columns") {
  CHECK(row_within(31) == "k3x9  a calle\xe2\x80\xa6     12  hung up\xe2\x80\xa6\n");
  CHECK(row_within(25) == "k3x9  a ca\xe2\x80\xa6     12  hung\xe2\x80\xa6\n");
  CHECK(row_within(24) == "k3x9  a calle\xe2\x80\xa6  hung up\xe2\x80\xa6\n");
  CHECK(TextTable(kColumns, 24).head() == "id    who       why\n");
}

TEST_CASE("If the screen is too narrow even for the remaining columns, the table has its minimum width") {
  CHECK(row_within(18) == "k3x9  a ca\xe2\x80\xa6  hung\xe2\x80\xa6\n");
  CHECK(row_within(1) == row_within(18));
}

TEST_CASE("columns_of() counts columns as a terminal draws them, with wide characters and combining marks [UAX 11]") {
  CHECK(columns_of("") == 0);
  CHECK(columns_of("J\xc3\xb6rg") == 4);
  CHECK(columns_of("Jo\xcc\x88rg") == 4);
  CHECK(columns_of("\xe5\xb1\xb1\xe7\x94\xb0") == 4);
  CHECK(columns_of("\xf0\x9f\x98\x80") == 2);
  for (const char* picture : {"\xf0\x9f\x9a\x80", "\xf0\x9f\x9f\xa0", "\xf0\x9f\x9f\xab", "\xf0\x9f\xa9\xb0", "\xf0\x9f\xab\xb8"}) CHECK(columns_of(picture) == 2);
  for (const char* beside : {"\xf0\x9f\x9f\x9f", "\xf0\x9f\x9f\xac", "\xf0\x9f\xa8\x80"}) CHECK(columns_of(beside) == 1);
  CHECK(cut_to_columns("J\xc3\xb6rg", 4) == "J\xc3\xb6rg");
  CHECK(cut_to_columns("J\xc3\xb6rgen", 4) == "J\xc3\xb6r\xe2\x80\xa6");
  CHECK(cut_to_columns("\xe5\xb1\xb1\xe7\x94\xb0\xe5\xb1\xb1", 5) == "\xe5\xb1\xb1\xe7\x94\xb0\xe2\x80\xa6");
  CHECK(cut_to_columns("\xe5\xb1\xb1\xe7\x94\xb0\xe5\xb1\xb1", 4) == "\xe5\xb1\xb1\xe2\x80\xa6");
  CHECK(cut_to_columns("ab", 1) == "\xe2\x80\xa6");
}

TEST_CASE("Cells of wide characters keep the columns of the table aligned") {
  const std::array<std::string, 5> wide{"k3x9", "\xe5\xb1\xb1\xe7\x94\xb0", "G722", "12", "-"};
  CHECK(TextTable(kColumns, 60).row(wide) == "k3x9  \xe5\xb1\xb1\xe7\x94\xb0        G722      12  -\n");
}
