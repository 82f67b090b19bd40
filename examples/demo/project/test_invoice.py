import unittest

from invoice import net, percentage, total


class Invoice(unittest.TestCase):
    def test_adds_up_its_lines(self):
        self.assertEqual(net([(2, 150), (1, 99)]), 399)

    def test_adds_value_added_tax(self):
        self.assertEqual(total([(1, 1000)]), 1190)

    def test_takes_the_discount_off_before_tax(self):
        self.assertEqual(total([(10, 100)], discount=10), 1071)

    def test_rounds_half_a_cent_up(self):
        self.assertEqual(percentage(105, 10), 11)


if __name__ == "__main__":
    unittest.main()
