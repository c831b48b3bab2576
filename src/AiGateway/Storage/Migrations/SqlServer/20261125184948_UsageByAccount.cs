using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AiGateway.Storage.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class UsageByAccount : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "IX_usage_daily_account_id_day",
                table: "usage_daily",
                columns: new[] { "account_id", "day" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_usage_daily_account_id_day",
                table: "usage_daily");
        }
    }
}
